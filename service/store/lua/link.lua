-- Adds a reader to those who were recognised as the giver of a contribution: each once, the latest last.
-- ARGV: reader, at most.
local readers = {}
for reader in string.gmatch(redis.call('HGET', KEYS[1], 'readers') or '', '%S+') do
  if reader ~= ARGV[1] then readers[#readers + 1] = reader end
end
readers[#readers + 1] = ARGV[1]
while #readers > tonumber(ARGV[2]) do table.remove(readers, 1) end
redis.call('HSET', KEYS[1], 'readers', table.concat(readers, ' '))
redis.call('PERSIST', KEYS[1])
return #readers
