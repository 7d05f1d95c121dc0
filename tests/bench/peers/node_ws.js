// Node's `ws`: one Redis connection (spoken to by hand), every message to every socket.
const net = require("net");
const path = require("path");
const home = path.join(process.env.PACTE_VAR || ".", "bench", "node", "node_modules");
const { WebSocketServer, WebSocket } = require(require.resolve("ws", { paths: [home, __dirname] }));
if (process.argv[2] === "--check") process.exit(0);
const [port, redisUrl, channel] = process.argv.slice(2);

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(port), perMessageDeflate: false });
const address = redisUrl.startsWith("unix://")
  ? { path: redisUrl.slice(7).split("?")[0] }
  : { host: new URL(redisUrl).hostname, port: Number(new URL(redisUrl).port || 6379) };
const redis = net.connect(address, () => redis.write(`*2\r\n$9\r\nSUBSCRIBE\r\n$${channel.length}\r\n${channel}\r\n`));

let waiting = Buffer.alloc(0);
redis.on("data", (data) => {
  waiting = Buffer.concat([waiting, data]);
  for (let parts; (parts = take()); ) {
    if (parts[0] !== "message") continue;
    const text = Buffer.from(parts[2]);
    for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.send(text, { binary: false });
  }
});

// One RESP array of three, or null when it is not all there.
function take() {
  let at = waiting.indexOf("\r\n");
  if (at < 0) return null;
  const parts = [];
  at += 2;
  for (let n = 0; n < 3; n++) {
    const end = waiting.indexOf("\r\n", at);
    if (end < 0) return null;
    const head = waiting.toString("utf8", at, end);
    at = end + 2;
    if (head[0] === "$") {
      const size = Number(head.slice(1));
      if (waiting.length < at + size + 2) return null;
      parts.push(waiting.toString("utf8", at, at + size));
      at += size + 2;
    } else parts.push(head);
  }
  waiting = waiting.subarray(at);
  return parts;
}
