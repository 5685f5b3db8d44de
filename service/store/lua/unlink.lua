-- Takes a reader out of a line of the ledger, if the line is still as it was read. ARGV: body, untold and readers as they
-- were, empty for none, and as they are to be. Returns 1 when it was.
local held = redis.call('HMGET', KEYS[1], 'body', 'untold', 'readers')
for i = 1, 3 do
  if (held[i] or '') ~= ARGV[i] then return 0 end
end
for i, name in ipairs({'body', 'untold', 'readers'}) do
  if held[i] then redis.call('HSET', KEYS[1], name, ARGV[3 + i]) end
end
return 1
