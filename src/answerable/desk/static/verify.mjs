// Does what a provider published hold? One file, without parts of others, in a browser or under Node (18 or later):
//     node verify.mjs LOG_FOLDER REPORT_FOLDER            counts a report again
//     node verify.mjs LOG_FOLDER - RECEIPT_OR_PROOF       checks a receipt, or the proof that a case was counted
// Written from the published formats, apart from the desk's own code, so that a fault in one is not a fault in both.
const text = new TextEncoder();
const fail = (what) => { throw new Error(what); }, need = (holds, what) => { if (!holds) fail(what); };
const concat = (...parts) => { const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0)); let at = 0; for (const part of parts) { all.set(part, at); at += part.length; } return all; };
const same = (one, two) => one.length === two.length && one.every((byte, at) => byte === two[at]);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""), toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
function base64(line, length) {
  const bytes = typeof line === "string" && /^[A-Za-z0-9+/]+={0,2}$/.test(line) ? Uint8Array.from(atob(line), (letter) => letter.charCodeAt(0)) : fail("a line is no base64");
  return toBase64(bytes) === line && (length === undefined || bytes.length === length) ? bytes : fail("a line is not canonical base64");
}
const read = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const parse = (line, what) => { try { return JSON.parse(line); } catch { return fail(`${what} is no JSON`); } };
// Canonical JSON: sorted keys, no spaces, whole numbers, as docs/decisions/0003-canonical-json.md has it.
const byCodePoint = (one, two) => { const [a, b] = [[...one], [...two]]; for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return a[at].codePointAt(0) - b[at].codePointAt(0); return a.length - b.length; };
const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value), recordText = (value) => `{${Object.keys(value).sort(byCodePoint).map((key) => `${quoted(key)}:${canonical(value[key])}`).join(",")}}`;
const canonical = (value) => (isRecord(value) ? recordText(value) : Array.isArray(value) ? `[${value.map(canonical).join(",")}]` : typeof value === "string" ? quoted(value) : JSON.stringify(value));
const quoted = (string) => JSON.stringify(string).replace(/[\ud800-\udfff]/g, (unit) => unit);
// SHA-256 by hand: the browser's own works one promise a hash, and a table has millions.
const K = new Uint32Array(64), FIRST = new Uint32Array(8);
for (let prime = 2, found = 0; found < 64; prime++) {
  const part = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32);
  let divisor = 2; while (divisor * divisor <= prime && prime % divisor) divisor++;
  if (divisor * divisor <= prime) continue;
  if (found < 8) FIRST[found] = part(Math.sqrt(prime));
  K[found++] = part(Math.cbrt(prime));
}
const W = new Uint32Array(64), turn = (x, by) => (x >>> by) | (x << (32 - by)), mixed = (x, one, two, by) => turn(x, one) ^ turn(x, two) ^ (x >>> by);
function sha256(message) {
  const size = message.length, padded = new Uint8Array(((size + 72) >> 6) << 6), view = new DataView(padded.buffer);
  padded.set(message); padded[size] = 0x80;
  view.setUint32(padded.length - 8, Math.floor(size / 2 ** 29)); view.setUint32(padded.length - 4, size << 3);
  const state = new Uint32Array(FIRST);
  for (let start = 0; start < padded.length; start += 64) {
    for (let at = 0; at < 16; at++) W[at] = view.getUint32(start + 4 * at);
    for (let at = 16; at < 64; at++) W[at] = W[at - 16] + mixed(W[at - 15], 7, 18, 3) + W[at - 7] + mixed(W[at - 2], 17, 19, 10);
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 64; at++) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[at] + W[at]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] += word; });
  }
  return Uint8Array.from({ length: 32 }, (_, at) => state[at >> 2] >>> (24 - 8 * (at & 3)));
}
const padded = (key, with_) => Uint8Array.from({ length: 64 }, (_, at) => (key[at] ?? 0) ^ with_), hmac = (key, message) => sha256(concat(padded(key, 0x5c), sha256(concat(padded(key, 0x36), message))));
const sha512 = async (bytes) => hex(new Uint8Array(await crypto.subtle.digest("SHA-512", bytes)));
// RFC 6962.
const leafHash = (entry) => sha256(concat([0], entry)), nodeHash = (left, right) => sha256(concat([1], left, right));
const split = (size) => { let half = 1; while (half * 2 < size) half *= 2; return half; };
const root = (hashes, from = 0, to = hashes.length, middle = from + split(to - from)) => (to === from ? sha256([]) : to - from === 1 ? hashes[from] : nodeHash(root(hashes, from, middle), root(hashes, middle, to)));
function climb(leaf, index, size, path) {
  need(Number.isSafeInteger(index) && index >= 0 && index < size, "a leaf outside the tree");
  if (size === 1) return leaf;
  const half = split(size), left = index < half, below = climb(leaf, left ? index : index - half, left ? half : size - half, path), beside = path.shift() ?? fail("a proof is too short");
  return left ? nodeHash(below, beside) : nodeHash(beside, below);
}
const included = (leaf, index, size, proof, expected, what) => { const path = [...proof]; need(same(climb(leaf, index, size, path), expected) && path.length === 0, what); };
// C2SP: signed notes, checkpoints, tiles.
function keyOf(line) {
  const [, name, id, key] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line) ?? fail("a key line cannot be read"), raw = base64(key);
  need({ 1: 33, 6: 1313 }[raw[0]] === raw.length && hex(sha256(concat(text.encode(`${name}\n`), raw)).slice(0, 4)) === id, "a key line is damaged");
  return { name, id, raw, isPlain: raw[0] === 1 };
}
// Ed25519 lines of these keys are checked. Browsers know no ML-DSA-44: such a line has to be there, and `answerable log check` checks it.
async function openNote(note, keys) {
  const at = note.lastIndexOf("\n\n"), lines = note.slice(at + 2).split("\n"), signed = text.encode(note.slice(0, at + 1)), ids = [], checked = [];
  need(at > 0 && lines.pop() === "" && lines.length > 0 && lines.length <= 100 && !/[\0-\x09\x0b-\x1f]/.test(note), "the checkpoint is no signed note");
  for (const line of lines) {
    const [, who, encoded] = /^— ([^+\s]+) (\S+)$/.exec(line) ?? fail("a line of the checkpoint is no signature"), signature = base64(encoded), id = hex(signature.slice(0, 4));
    const key = keys.find((each) => each.name === who && each.id === id && each.isPlain);
    if (who === keys[0].name) ids.push(id);
    if (key === undefined) continue;
    const public_ = await crypto.subtle.importKey("raw", key.raw.slice(1), { name: "Ed25519" }, false, ["verify"]).catch(() => fail("this browser cannot check Ed25519 signatures: use a newer one, or Node, or `answerable verify`"));
    need(await crypto.subtle.verify("Ed25519", public_, signature.slice(4), signed), "the checkpoint's signature does not hold"); checked.push(id);
  }
  const [origin, size, top, end, ...more] = note.slice(0, at + 1).split("\n");
  need(checked.length > 0, "the checkpoint is not signed by the log's key");
  need(origin === keys[0].name && /^(0|[1-9][0-9]{0,14})$/.test(size) && end === "" && !more.length, "the checkpoint is not three lines");
  return { origin, size: Number(size), root: base64(top, 32), ids };
}
const three = (number) => String(number % 1000).padStart(3, "0"), groupsOf = (number) => (number ? `${groupsOf(Math.floor(number / 1000))}x${three(number)}/` : "");
const tilePath = (level, number, width) => `tile/${level}/${groupsOf(Math.floor(number / 1000))}${three(number)}${width < 256 ? `.p/${width}` : ""}`;
const isText = (value) => typeof value === "string", isWhole = (value) => Number.isSafeInteger(value) && value >= 0, isSome = (value) => isWhole(value) && value > 0;
const isHash = (value) => base64(value, 32).length === 32, isSha512 = (value) => /^[0-9a-f]{128}$/.test(value), MAY_LACK = ["reserved_slots", "quorum_sha512", "retention_days"];
const SHAPES = {
  policy: { origin: isText, verifier_keys: (keys) => keys.length > 0 && keys.every(isText), period_seconds: isSome, slot_capacity: (count) => [256, 1024, 4096].includes(count), longest_seal_days: isWhole, fields_sha512: isText, effective_epoch: isSome, reserved_slots: isWhole, quorum_sha512: isSha512, retention_days: isWhole },
  opening: { bundles: isSome, root: isHash },
  period: { period: (name) => /^[0-9]{4}-H[12]$/.test(name), rows: isWhole, table_root: isHash, report_sha512: isSha512, query_sha512: isSha512 },
};
const epochText = (number, slots, top, decoys) => `answerable/epoch/v1\n${number}\n${slots}\n${toBase64(top)}\n${toBase64(decoys)}\n`;
const epochOf = (said, number, slots, top, decoys) => (isSome(number) && isSome(slots) && said === epochText(number, slots, top, decoys) ? { kind: "epoch", number, slots, root: top, decoys } : fail("an epoch is written in another way"));
function leafOf(entry) {
  const said = read(entry), [first, ...lines] = said.split("\n"), kind = /^answerable\/(epoch|policy|opening|period)\/v1$/.exec(first)?.[1] ?? fail("a leaf of a kind that nobody knows");
  if (kind === "epoch") return epochOf(said, ...lines.slice(0, 2).map(Number), ...lines.slice(2, 4).map((line) => base64(line, 32)));
  const plain = parse(lines[0], "a leaf"), shape = SHAPES[kind];
  need(said === `${first}\n${canonical(plain)}\n` && Object.keys(plain).every((key) => Object.hasOwn(shape, key) && shape[key](plain[key])) && Object.keys(shape).every((key) => key in plain || MAY_LACK.includes(key)), `a ${kind} is written in another way`);
  return { ...plain, kind };
}
function take(log, leaf, index) {
  const next = log.epochs.length + 1, { kind } = leaf, told = log.periods.get(leaf.period);
  need((kind === "policy" && leaf.origin === log.head.origin) || (index > 0 && kind !== "policy"), "the first leaf is not the log's policy, or a later one is another log's");
  if (kind === "policy") { need(index ? leaf.effective_epoch > next : leaf.effective_epoch === 1, "a policy takes effect too early"); log.policies.push(leaf); }
  if (kind === "epoch") { need(leaf.number === next && leaf.slots === inEffect(log, next).slot_capacity, "an epoch is missing or out of order, or has other slots than were promised"); log.epochs.push({ ...leaf, index }); }
  if (kind === "period") { need(!told, `${leaf.period} is published twice: leaf ${told?.index}, leaf ${index}`); log.periods.set(leaf.period, { ...leaf, index }); }
}
const inEffect = (log, epoch) => log.policies.filter((each) => each.effective_epoch <= epoch).pop();
export async function walkLog(file, say) {
  const line = read(await file("vkey")), note = read(await file("checkpoint")), first = keyOf(line.split("\n")[0]), head = await openNote(note, [first]), entries = [], hashes = [];
  need(line === `${line.split("\n")[0]}\n` && first.isPlain, "vkey is not one line with an Ed25519 key");
  say(`The checkpoint is signed by the log's key: ${head.origin}, ${head.size} leaves`);
  for (let start = 0; start < head.size; start += 256) {
    const width = Math.min(256, head.size - start), path = tilePath("entries", start / 256, width), bundle = await file(path);
    let at = 0;
    for (; at + 2 <= bundle.length; at += 2 + (bundle[at] << 8) + bundle[at + 1]) entries.push(bundle.slice(at + 2, at + 2 + (bundle[at] << 8) + bundle[at + 1]));
    need(at === bundle.length && entries.length === start + width, `${path} cannot be read`);
    for (const entry of entries.slice(start)) hashes.push(leafHash(entry));
  }
  need(same(root(hashes), head.root), "the entries do not give the root of the checkpoint");
  for (let level = 0, row = hashes; row.length > 0; level++, row = Array.from({ length: row.length >> 8 }, (_, at) => root(row, at << 8, (at + 1) << 8)))
    for (let start = 0; start < row.length; start += 256) {
      const part = row.slice(start, start + 256), path = tilePath(level, start / 256, part.length);
      need(same(await file(path), concat(...part)), `${path} does not follow from the entries`);
    }
  const log = { head, hashes, epochs: [], policies: [], periods: new Map(), leaves: [] };
  entries.forEach((entry, index) => { try { log.leaves.push(leafOf(entry)); take(log, log.leaves[index], index); } catch (fault) { fail(`leaf ${index}: ${fault.message}`); } });
  log.keys = (log.policies.at(-1) ?? fail("the log is empty")).verifier_keys.map(keyOf);
  need(log.keys.some((key) => key.id === first.id) && (await openNote(note, log.keys)).ids.sort().join() === log.keys.map((key) => key.id).sort().join(), "the checkpoint's lines are not those of the keys that the policy names");
  say(`Every leaf is in its place, and they give the checkpoint's root: ${log.epochs.length} epochs`);
  if (log.keys.some((key) => !key.isPlain)) say("The checkpoint has its line for ML-DSA-44 too, which is not checked here: `answerable log check` does");
  say(`What was opened lies where it says: ${await readOpenings(log, file)}`);
  return log;
}
const periodOf = (log, name) => log.periods.get(name) ?? fail(`the log does not tell of ${name} yet, or not at all`);
// What was opened: events, parts of them, and the seeds of the decoys.
const fieldLeaf = (position, value, salt) => sha256(concat([0], salt, [position], text.encode(value.normalize("NFC"))));
const rowOf = (sheet, leaves) => sha256(concat(text.encode("answerable/row/v1"), [sheet], ...leaves)), keyed = (seed, label, ...more) => hmac(seed, concat(text.encode(label), more)), BUNDLES = { event: "epoch,fields,kind,proof,seed,slot", part: "kind,opening", decoys: "closed,epoch,kind,seed" };
function bundleOf(content) {
  const said = read(content), plain = parse(said.split("\n")[1], "it"), line = `answerable/bundle/v1\n${canonical(plain)}`, size = text.encode(line).length + 1;
  need(said === `${line}${" ".repeat((8192 - (size % 8192)) % 8192)}\n` && Object.keys(plain).join() === BUNDLES[plain.kind], "it is no bundle");
  if (plain.kind === "part") return { kind: "part", ...unpack(base64(plain.opening)) };
  const seed = base64(plain.seed, 32);
  if (plain.kind === "decoys") return { ...plain, seed, closed: new Map(plain.closed.map(([slot, value]) => [slot, base64(value, 32)])) };
  need(plain.fields.length === 32 && plain.fields.every(isText), "it has not 32 fields");
  return { ...plain, root: root(plain.fields.map((value, at) => fieldLeaf(at, value, keyed(seed, "answerable/salt/v1", at)))), proof: plain.proof.map((each) => base64(each, 32)), fields: new Map(plain.fields.entries()) };
}
async function readOpenings(log, file) {
  const events = new Map(), after = new Map(), decoys = [], whole = new Set();
  const closed = (number, before) => { const epoch = log.epochs[number - 1]; need(epoch && epoch.index < before, "it names an epoch that was not closed before"); return epoch; };
  const lies = (bundle, path, before) => {
    const epoch = closed(bundle.epoch, before), told = bundle.fields.get(1), place = `${bundle.epoch}/${bundle.slot}`;
    included(leafHash(bundle.root), bundle.slot, epoch.slots, bundle.proof, epoch.root, "it does not lead to the epoch that it names");
    if (bundle.kind === "event") events.set(place, bundle.root);
    if (told === undefined || !(told || bundle.fields.get(0))) return;
    const follows = told || `the first of ${bundle.fields.get(0)}`, other = after.get(follows) ?? { root: bundle.root, path };
    need(same(other.root, bundle.root), `it follows the same event as ${other.path}: a case was given two histories, which proves misconduct`);
    after.set(follows, other);
  };
  const fills = ({ epoch: number, seed, closed: kept }) => {
    const epoch = closed(number, log.leaves.length), shown = (slot) => events.get(`${number}/${slot}`);
    const values = Array.from({ length: epoch.slots }, (_, slot) => shown(slot) ?? kept.get(slot) ?? keyed(seed, "answerable/decoy/v1", 0, 0, slot >> 8, slot & 255));
    need(same(sha256(concat(text.encode("answerable/decoy-commitment/v1"), seed)), epoch.decoys) && same(root(values.map(leafHash)), epoch.root), "its seed does not give the slots of its epoch");
    need(kept.size === (inEffect(log, number).reserved_slots ?? 0) && ![...kept.keys()].some(shown), "it keeps other slots closed than the policy allows"); whole.add(number);
  };
  const named = (path, check) => { try { check(path); } catch (fault) { fail(`${path}: ${fault.message}`); } };
  for (const [index, leaf] of [...log.leaves.entries()].filter(([, each]) => each.kind === "opening")) {
    const files = [];
    for (let number = 0; number < leaf.bundles; number++) files.push(await file(`opening/${index}/${number}`));
    need(same(root(files.map(leafHash)), base64(leaf.root, 32)), `opening/${index} is not what leaf ${index} says was opened`);
    files.forEach((content, number) => named(`opening/${index}/${number}`, (path) => { const bundle = bundleOf(content); if (bundle.kind === "decoys") decoys.push([path, bundle]); else lies(bundle, path, index); }));
  }
  for (const [path, bundle] of decoys) named(path, () => fills(bundle));
  log.policies.forEach((policy, at) => {
    const end = Math.min(log.policies[at + 1]?.effective_epoch ?? Infinity, log.epochs.length - Math.floor(policy.longest_seal_days * 86400 / policy.period_seconds) + 1);
    for (let epoch = policy.effective_epoch; epoch < end; epoch++) need(whole.has(epoch), `epoch ${epoch} is older than the longest seal and was not opened`);
  });
  return `${events.size} events, ${whole.size} whole epochs`;
}
// A receipt: fields, event root, slot, epoch, checkpoint.
function unpack(bytes) {
  let at = 0;
  const next = (size) => { at += size; need(at <= bytes.length, "an opening is cut short"); return bytes.slice(at - size, at); }, number = (size) => next(size).reduce((sum, byte) => sum * 256 + byte, 0);
  const version = number(1), depth = number(1), slot = number(2), epoch = number(4), decoys = next(32), mask = number(4), fields = new Map(), leaves = new Map();
  need(version === 1 && [8, 10, 12].includes(depth) && slot < 2 ** depth && mask > 0, "an opening is of a version that nobody knows");
  for (const position of Array(32).keys()) if ((mask >>> position) & 1) {
    const salt = next(32), length = number(2), value = next(length & 0x7fff), plain = length & 0x8000 ? hex(value) : read(value);
    need(/^(?:[0-9a-f]{2}){16,}$/.test(plain) === Boolean(length & 0x8000), "an opening is written in another way");
    fields.set(position, plain); leaves.set(position, fieldLeaf(position, plain, salt));
  }
  const isClosed = (from, width) => ![...fields.keys()].some((position) => position >= from && position < from + width);
  const build = (from, width) => (isClosed(from, width) ? next(32) : width === 1 ? leaves.get(from) : nodeHash(build(from, width / 2), build(from + width / 2, width / 2)));
  const top = build(0, 32), proof = Array.from({ length: depth }, () => next(32));
  return at === bytes.length ? { epoch, slot, slots: 2 ** depth, decoys, fields, root: top, proof } : fail("an opening has more than it should");
}
export async function checkReceipt(receipt, log, say) {
  const end = receipt.indexOf("\n\n"), lines = receipt.slice(0, end).split("\n");
  need(end > 0 && lines[0] === "c2sp.org/tlog-proof@v1" && lines[1]?.startsWith("extra ") && /^index (0|[1-9]\d*)$/.test(lines[2]), "this is no receipt");
  const index = Number(lines[2].slice(6)), opening = unpack(base64(lines[1].slice(6))), then = await openNote(receipt.slice(end + 2), log.keys), path = [...opening.proof];
  need(then.size <= log.hashes.length && same(root(log.hashes.slice(0, then.size)), then.root), "the receipt's checkpoint is of another history");
  const leaf = epochText(opening.epoch, opening.slots, climb(leafHash(opening.root), opening.slot, opening.slots, path), opening.decoys);
  included(leafHash(text.encode(leaf)), index, then.size, lines.slice(3).map((each) => base64(each, 32)), then.root, "the opened fields do not lead to the receipt's checkpoint");
  say(`The receipt's event lies in epoch ${opening.epoch} of the log`);
  return hex(opening.root);
}
export async function checkCounted(content, log, say) {
  const proof = parse(content, "the proof");
  need(proof.format === "answerable/counted/v1" && proof.rows?.length > 0, "this is no proof that a case was counted");
  const event = await checkReceipt(proof.receipt, log, say), leaf = periodOf(log, proof.period);
  need(new Set(proof.rows.map((each) => each.row.sheet)).size === proof.rows.length, "the proof names a sheet twice");
  for (const { row, index, proof: path } of proof.rows) {
    need(row.link === event, `sheet ${row.sheet}: the row links to another event`);
    const linked = leafHash(rowOf(row.sheet, [fieldLeaf(0, row.link, base64(row.salt, 32)), ...row.leaves.map((each) => base64(each, 32))]));
    included(linked, index, leaf.rows, path.map((each) => base64(each, 32)), base64(leaf.table_root, 32), `sheet ${row.sheet}: the row is not in the table of ${proof.period}`);
  }
  say(`The case was counted in ${proof.period}, on ${proof.rows.length} sheets`);
}
// A report: rows, groups, figures.
function readSheet(sheet, number, lines, at, size) {
  const head = parse(lines[at] ?? "", `line ${at + 1}`), { groups } = head, counted = groups?.map(() => 0), hashes = [];
  need(head.sheet === sheet.name && canonical(head) === lines[at] && groups.every((group) => group.length === sheet.fields.length), `line ${at + 1} does not begin sheet ${sheet.name}`);
  for (let row = 1; row <= size; row++) {
    const said = parse(lines[at + row] ?? "", `line ${at + row + 1}, sheet ${sheet.name}: a row was left out, or it`);
    need(Array.isArray(said) && said.length > 0, `line ${at + row + 1} is no row`);
    if (said.length === 1) { hashes.push(leafHash(base64(said[0], 32))); continue; }
    const [group, seed, ...closed] = said, shows = groups[group] ?? fail(`line ${at + row + 1} names no group`), open = base64(seed, 32);
    const leaves = [null, ...shows].map((value, position) => (value === null ? base64(closed.shift(), 32) : fieldLeaf(position, value, keyed(open, "answerable/row-salt/v1", position))));
    need(closed.length === 0, `line ${at + row + 1} has a part too many`);
    counted[group]++; hashes.push(leafHash(rowOf(number, leaves)));
  }
  return { groups: groups.map((values, group) => [values, counted[group]]), root: root(hashes) };
}
function countFigure(figure, sheet, groups) {
  let cells = new Map(), where = figure.where ?? {}, notShown = 0;
  for (const [values, rows] of groups) {
    const of = (name) => values[sheet.fields.indexOf(name)], asked = [...figure.by, ...Object.keys(where)].map((name) => [name, of(name)]), key = JSON.stringify(figure.by.map(of));
    if (asked.some(([name, value]) => value !== null && where[name] && !where[name].includes(value))) continue;
    if (asked.some(([, value]) => value === null)) notShown += rows;
    else cells.set(key, (cells.get(key) ?? 0) + rows);
  }
  const byKey = (one, two) => { for (let at = 0; at < one.length; at++) { const order = byCodePoint(one[at], two[at]); if (order) return order; } return 0; };
  return { name: figure.name, title: figure.title, by: figure.by, cells: [...cells].map(([key, rows]) => ({ key: JSON.parse(key), rows })).sort((one, two) => two.rows - one.rows || byKey(one.key, two.key)), not_shown: notShown };
}
export async function recount(files, log, say) {
  const query = parse(read(files.query), "query.json"), lines = read(files.table).split("\n"), header = parse(lines[0], "the table's first line"), roots = [], counted = {};
  need(lines.pop() === "" && canonical(header) === lines[0], "the table's first line is not canonical, or its last is cut off");
  query.sheets.forEach((sheet, number) => { const one = readSheet(sheet, number, lines, 1 + number * (header.size + 1), header.size); roots.push(one.root); counted[sheet.name] = one.groups; });
  need(lines.length === 1 + query.sheets.length * (header.size + 1), "the table has a line too many");
  const told = query.sheets.map((sheet) => counted[sheet.name].reduce((sum, [, rows]) => sum + rows, 0)), sheets = Object.fromEntries(query.sheets.map((sheet) => [sheet.name, sheet])), { size, format, ...head } = header;
  need(new Set(told).size === 1, "the sheets tell of different numbers of demands");
  for (const sheet of query.sheets) for (const [values, rows] of counted[sheet.name]) need(rows >= query.smallest_group, `sheet ${sheet.name}, ${values}: ${rows} rows are fewer than may be shown`);
  need(format === "answerable/table/v1" && Number.isSafeInteger(size), "this is no table");
  const report = { ...head, format: "answerable/report/v1", smallest_group: query.smallest_group, received: told[0] || null, figures: query.figures.map((figure) => countFigure(figure, sheets[figure.sheet], counted[figure.sheet])) };
  if (!same(text.encode(`${canonical(report)}\n`), files.report)) fail(difference(parse(read(files.report), "report.json"), report));
  say(`The figures are those that the rows give: ${report.received ?? "too few to tell"}`);
  const leaf = periodOf(log, report.period);
  need(leaf.rows === size * roots.length && hex(base64(leaf.table_root, 32)) === hex(root(roots)), `the table is not the one in leaf ${leaf.index} of the log: a row was changed, dropped or added`);
  for (const name of ["report", "query"]) need(leaf[`${name}_sha512`] === await sha512(files[name]), `${name}.json is not the one in leaf ${leaf.index} of the log`);
  say(`The log tells of ${report.period} once, and names this report, this table and these rules`);
}
function difference(said, found) {
  for (const figure of found.figures) {
    const other = said.figures?.find((each) => each.name === figure.name) ?? fail(`${figure.name} is missing from the report`);
    const of = (counted, cell) => counted.cells.find((each) => String(each.key) === String(cell.key))?.rows ?? 0, cell = [...figure.cells, ...other.cells].find((each) => of(figure, each) !== of(other, each));
    if (cell) return `${figure.name}, ${cell.key.join(", ")}: the report says ${of(other, cell)}, the rows give ${of(figure, cell)}`;
  }
  return "report.json is not what the rows give";
}
const checkProof = (content, ...more) => (content.startsWith("{") ? checkCounted : checkReceipt)(content, ...more);
// In a browser.
const bytesOf = async (answer) => (answer.ok ? new Uint8Array(await answer.arrayBuffer()) : fail(`${answer.url} is not there`)), fetched = async (path) => bytesOf(await fetch(path, { credentials: "omit", redirect: "error" }));
async function inBrowser() {
  const by = (id) => document.getElementById(id), button = by("go");
  button.hidden = false; by("without").hidden = true;
  button.addEventListener("click", async () => {
    const found = by("found"), said = by("said").firstElementChild, file = by("proof").files[0], period = by("period").value, say = (line) => { const item = document.createElement("li"); item.textContent = line; found.append(item); };
    found.replaceChildren(); said.textContent = "Checking…"; button.disabled = true;
    try {
      const log = await walkLog((path) => fetched(`/log/${path}`), say);
      if (file) await checkProof(await file.text(), log, say);
      if (period) { const [report, query, table] = await Promise.all(["report.json", "query.json", "table.jsonl"].map((name) => fetched(`/reports/${encodeURIComponent(period)}/${name}`))); await recount({ report, query, table }, log, say); }
      said.textContent = "Everything that was checked holds.";
    } catch (fault) { said.textContent = `This does not hold: ${fault.message}.`; }
    button.disabled = false;
  });
}
async function underNode() {
  const { readFile } = await import("node:fs/promises"), [, , logFolder, folder, proof] = process.argv, file = async (path) => new Uint8Array(await readFile(path));
  try {
    const log = await walkLog((path) => file(`${logFolder}/${path}`), console.log);
    if (folder && folder !== "-") await recount({ report: await file(`${folder}/report.json`), query: await file(`${folder}/query.json`), table: await file(`${folder}/table.jsonl`) }, log, console.log);
    if (proof) await checkProof(read(await file(proof)), log, console.log);
    console.log("all hold.");
  } catch (fault) { console.log(`BROKEN  ${fault.message}`); process.exitCode = 1; }
}
if (typeof document !== "undefined") inBrowser();
else if (process.argv[1]?.endsWith("verify.mjs")) underNode();
