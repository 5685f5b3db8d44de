-- One gift among those of its site, a hash by contribution: the number of the look that it came from, and its short line.
-- ARGV: contribution, look, line. An earlier look than the one held changes nothing.
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held and tonumber(string.match(held, '^%d+')) > tonumber(ARGV[2]) then return 0 end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
