// The npm release against our server: every method that it and the contract share. Prints one JSON object.
import assert from "node:assert/strict";
import acontext from "@acontext/acontext";

const { AcontextClient } = acontext;
const client = new AcontextClient({ apiKey: process.env.ACONTEXT_API_KEY, baseUrl: process.env.ACONTEXT_BASE_URL });
const { sessions } = client;

assert.equal(await client.ping(), "pong");

const session = await sessions.create();
assert.equal(session.configs, null);
const configured = await sessions.create({ configs: { team: "blue" }, disableTaskTracking: true });
assert.equal(configured.disable_task_tracking, true);
assert.deepEqual((await sessions.list({ limit: 1 })).items.map((item) => item.id), [session.id]);
assert.equal((await sessions.list({ timeDesc: true })).items.length, 2);
await sessions.updateConfigs(configured.id, { configs: { team: "red" } });
assert.deepEqual((await sessions.getConfigs(configured.id)).configs, { team: "red" });

const blobs = [
  { role: "user", content: "Research iPhone 15 specs and summarize the key features" },
  { role: "assistant", content: "Here are the key iPhone 15 specs:\n- A16 chip, 48MP camera, USB-C..." },
  { role: "user", content: "Now create a comparison table with iPhone 14" },
  { role: "assistant", content: "| Feature | iPhone 14 | iPhone 15 |\n|---|---|---|\n| Chip | A15 | A16 |..." },
];
for (const blob of blobs) {
  const stored = await sessions.storeMessage(session.id, blob, { format: "openai" });
  assert.equal(stored.session_task_process_status, "pending");
}
// This release asks for the newest end first unless told otherwise.
const all = await sessions.getMessages(session.id, { format: "openai" });
assert.deepEqual(all.items, blobs);
const newest = await sessions.getMessages(session.id, { limit: 2, format: "openai" });
assert.deepEqual(newest.items, blobs.slice(2));
const older = await sessions.getMessages(session.id, { limit: 2, format: "openai", cursor: newest.next_cursor });
assert.deepEqual(older.items, blobs.slice(0, 2));
const own = await sessions.getMessages(session.id, { format: "acontext", timeDesc: false });
assert.equal(own.items[0].parts[0].text, blobs[0].content);
const cut = await sessions.getMessages(session.id, {
  format: "openai",
  editStrategies: [{ type: "token_limit", params: { limit_tokens: 45 } }],
});
assert.ok(cut.items.length < 4);
assert.ok((await sessions.getTokenCounts(session.id)).total_tokens > 40);

assert.deepEqual(await sessions.flush(session.id), { status: 200, errmsg: "" });
const observing = await sessions.messagesObservingStatus(session.id);
assert.deepEqual([observing.observed, observing.in_process, observing.pending], [4, 0, 0]);
const tasks = (await sessions.getTasks(session.id)).items;
assert.deepEqual(tasks.map((task) => [task.order, task.status]), [[1, "success"], [2, "success"]]);

await sessions.delete(configured.id);
await assert.rejects(() => sessions.getConfigs(configured.id), (error) => error.statusCode === 404 && error.message === "session not found");

console.log(JSON.stringify({ tasks: tasks.map((task) => task.data.task_description) }));
