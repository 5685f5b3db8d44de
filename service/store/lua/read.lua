-- Returns the record and changes nothing. ARGV: now
local r = read_record(redis.call('GET', KEYS[1]), tonumber(ARGV[1]))
return pack_record(r)
