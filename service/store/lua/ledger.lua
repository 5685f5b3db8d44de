-- One line of the ledger, a hash: `asked` counts looks at Stripe begun, `fence` is the look that `body` came from.
-- A look begun later has seen at least as much, so an earlier one must not overwrite it. `untold` is the body as it was
-- when its changes were last told, empty for none: it outlives whoever dies between writing and telling.
-- ARGV: fence, body. Returns 1 when the line changed.
local fence = tonumber(ARGV[1])
local held = redis.call('HMGET', KEYS[1], 'fence', 'body')
if held[1] and tonumber(held[1]) > fence then return 0 end
redis.call('HSET', KEYS[1], 'fence', fence, 'body', ARGV[2])
redis.call('PERSIST', KEYS[1])
if held[2] == ARGV[2] then return 0 end
redis.call('HSETNX', KEYS[1], 'untold', held[2] or '')
return 1
