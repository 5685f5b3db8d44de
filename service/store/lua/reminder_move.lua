-- Moves a reminder from one stage to another. ARGV: its id, the stage it must be in, the next one, ms to keep it.
-- Returns 1, or 0 when it is not there, not this one, or in another stage.
local held = redis.call('HMGET', KEYS[1], 'id', 'stage')
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'stage', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
