-- Remembers that the reader has a newsletter, or no longer has it. ARGV: now, keep_ms, newsletter key, 1 or 0
local r = read_record(redis.call('GET', KEYS[1]), tonumber(ARGV[1]))
local key = struct.pack('<I', tonumber(ARGV[3]))
local from = find_row(r.newsletters, NEWSLETTER_SIZE, key)
if from then r.newsletters = without_row(r.newsletters, from, NEWSLETTER_SIZE) end
if ARGV[4] == '1' then r.newsletters = with_row(r.newsletters, key, MOST_NEWSLETTERS) end
write_record(KEYS[1], r, ARGV[2])
return 1
