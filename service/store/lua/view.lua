-- Records one page view and returns the record. ARGV: now, keep_ms, article key (0: not an article)
local now = tonumber(ARGV[1])
local r = read_record(redis.call('GET', KEYS[1]), now)
if now - r.last_seen > VISIT_GAP then r.visits = math.min(r.visits + 1, 65535) end
r.last_seen = now
if ARGV[3] ~= '0' then
  local key = struct.pack('<I', tonumber(ARGV[3]))
  local from = find_row(r.articles, ARTICLE_SIZE, key, 0)
  if from then r.articles = without_row(r.articles, from, ARTICLE_SIZE) end
  r.articles = with_row(r.articles, key .. struct.pack('<I', now), MOST_ARTICLES)
end
return write_record(KEYS[1], r, ARGV[2])
