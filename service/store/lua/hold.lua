-- Prolongs a lock that is still ours. ARGV: token, seconds. Returns 1, or 0 when it is not ours.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('EXPIRE', KEYS[1], ARGV[2])
