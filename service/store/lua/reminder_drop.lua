-- Forgets a reminder. ARGV: its id, or nothing for whichever there is. Returns 1 when it was there.
if ARGV[1] and redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
