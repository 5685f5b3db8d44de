-- Counts of one site on one day, a hash. ARGV: seconds to keep it, then for each count its field and how many more.
for at = 2, #ARGV, 2 do
  redis.call('HINCRBY', KEYS[1], ARGV[at], ARGV[at + 1])
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return #ARGV
