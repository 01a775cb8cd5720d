// Does what a provider published hold? One file, without parts of others, in a browser or under Node (18 or later):
//     node verify.mjs LOG_FOLDER REPORT_FOLDER            counts a report again
//     node verify.mjs LOG_FOLDER - RECEIPT_OR_PROOF       checks a receipt, or the proof that a case was counted
// Written from the published formats, apart from the desk's own code, so that a fault in one is not a fault in both.
const text = new TextEncoder();
const fail = (what) => { throw new Error(what); };
const need = (holds, what) => { if (!holds) fail(what); };
const concat = (...parts) => { const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0)); let at = 0; for (const part of parts) { all.set(part, at); at += part.length; } return all; };
const same = (one, two) => one.length === two.length && one.every((byte, at) => byte === two[at]);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
function base64(line, length) {
  need(typeof line === "string" && /^[A-Za-z0-9+/]+={0,2}$/.test(line), "a line is no base64");
  const bytes = Uint8Array.from(atob(line), (letter) => letter.charCodeAt(0));
  need(toBase64(bytes) === line && (length === undefined || bytes.length === length), "a line is not canonical base64");
  return bytes;
}
const read = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const parse = (line, what) => { try { return JSON.parse(line); } catch { return fail(`${what} is no JSON`); } };
// Canonical JSON: sorted keys, no spaces, whole numbers, as docs/decisions/0003-canonical-json.md has it.
const byCodePoint = (one, two) => { const [a, b] = [[...one], [...two]]; for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return a[at].codePointAt(0) - b[at].codePointAt(0); return a.length - b.length; };
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") return `{${Object.keys(value).sort(byCodePoint).map((key) => `${quoted(key)}:${canonical(value[key])}`).join(",")}}`;
  return typeof value === "string" ? quoted(value) : JSON.stringify(value);
}
const quoted = (string) => JSON.stringify(string).replace(/[\ud800-\udfff]/g, (unit) => unit);

// SHA-256 by hand: the browser's own works one promise a hash, and a table has millions.
const K = new Uint32Array(64), FIRST = new Uint32Array(8);
for (let prime = 2, found = 0; found < 64; prime++) {
  let divisor = 2; while (divisor * divisor <= prime && prime % divisor) divisor++;
  if (divisor * divisor <= prime) continue;
  const part = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32);
  if (found < 8) FIRST[found] = part(Math.sqrt(prime));
  K[found++] = part(Math.cbrt(prime));
}
const W = new Uint32Array(64), turn = (x, by) => (x >>> by) | (x << (32 - by));
function sha256(message) {
  const size = message.length, padded = new Uint8Array(((size + 72) >> 6) << 6), view = new DataView(padded.buffer);
  padded.set(message); padded[size] = 0x80;
  view.setUint32(padded.length - 8, Math.floor(size / 2 ** 29)); view.setUint32(padded.length - 4, size << 3);
  const state = new Uint32Array(FIRST);
  for (let start = 0; start < padded.length; start += 64) {
    for (let at = 0; at < 16; at++) W[at] = view.getUint32(start + 4 * at);
    for (let at = 16; at < 64; at++) {
      const x = W[at - 15], y = W[at - 2];
      W[at] = W[at - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + W[at - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 64; at++) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[at] + W[at]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] += word; });
  }
  const out = new Uint8Array(32), words = new DataView(out.buffer);
  state.forEach((word, at) => words.setUint32(4 * at, word));
  return out;
}
function hmac(key, message) {
  const block = new Uint8Array(64); block.set(key);
  return sha256(concat(block.map((byte) => byte ^ 0x5c), sha256(concat(block.map((byte) => byte ^ 0x36), message))));
}
const sha512 = async (bytes) => hex(new Uint8Array(await crypto.subtle.digest("SHA-512", bytes)));

// RFC 6962.
const leafHash = (entry) => sha256(concat([0], entry));
const nodeHash = (left, right) => sha256(concat([1], left, right));
const split = (size) => { let half = 1; while (half * 2 < size) half *= 2; return half; };
function root(hashes, from = 0, to = hashes.length) {
  if (to === from) return sha256(new Uint8Array());
  if (to - from === 1) return hashes[from];
  const middle = from + split(to - from);
  return nodeHash(root(hashes, from, middle), root(hashes, middle, to));
}
function climb(leaf, index, size, path) {
  need(Number.isSafeInteger(index) && index >= 0 && index < size, "a leaf outside the tree");
  if (size === 1) return leaf;
  const half = split(size), left = index < half;
  const below = climb(leaf, left ? index : index - half, left ? half : size - half, path);
  need(path.length > 0, "a proof is too short");
  return left ? nodeHash(below, path.shift()) : nodeHash(path.shift(), below);
}
function included(leaf, index, size, proof, expected, what) {
  const path = [...proof], top = climb(leaf, index, size, path);
  need(path.length === 0 && same(top, expected), what);
}

// C2SP: signed notes, checkpoints, tiles.
async function openNote(note, vkey) {
  const [, name, id, key] = /^([^+\n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey) ?? fail("vkey cannot be read");
  const raw = base64(key, 33);
  need(raw[0] === 1 && hex(sha256(concat(text.encode(`${name}\n`), raw)).slice(0, 4)) === id, "vkey is damaged");
  const at = note.lastIndexOf("\n\n"), lines = note.slice(at + 2).split("\n");
  need(at > 0 && lines.pop() === "" && lines.length > 0, "the checkpoint is no signed note");
  const signed = text.encode(note.slice(0, at + 1));
  let found = 0;
  const public_ = await crypto.subtle.importKey("raw", raw.slice(1), { name: "Ed25519" }, false, ["verify"]).catch(() => fail("this browser cannot check Ed25519 signatures: use a newer one, or Node, or `answerable verify`"));
  for (const line of lines) {
    const [, who, encoded] = /^— (\S+) (\S+)$/.exec(line) ?? fail("a line of the checkpoint is no signature");
    const signature = base64(encoded);
    if (who !== name || hex(signature.slice(0, 4)) !== id) continue;
    need(await crypto.subtle.verify("Ed25519", public_, signature.slice(4), signed), "the checkpoint's signature does not hold");
    found++;
  }
  need(found > 0, "the checkpoint is not signed by the log's key");
  const [origin, size, top, end, ...more] = note.slice(0, at + 1).split("\n");
  need(origin === name && /^(0|[1-9][0-9]{0,14})$/.test(size) && end === "" && !more.length, "the checkpoint is not three lines");
  return { origin, size: Number(size), root: base64(top, 32) };
}
function tilePath(level, number, width) {
  const groups = [String(number % 1000).padStart(3, "0")];
  for (let rest = Math.floor(number / 1000); rest > 0; rest = Math.floor(rest / 1000)) groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  return `tile/${level}/${groups.join("/")}${width < 256 ? `.p/${width}` : ""}`;
}
function leafOf(entry) {
  const [kind, ...lines] = read(entry).split("\n");
  if (kind === "answerable/epoch/v1") return { kind, number: Number(lines[0]), slots: Number(lines[1]), root: base64(lines[2], 32) };
  need(/^answerable\/(policy|opening|period)\/v1$/.test(kind) && lines.length === 2 && lines[1] === "", "a leaf of a kind that nobody knows");
  const said = parse(lines[0], "a leaf");
  need(canonical(said) === lines[0], "a leaf is not canonical");
  return { kind, ...said };
}
export async function walkLog(file, say) {
  const vkey = read(await file("vkey")).split("\n")[0];
  const head = await openNote(read(await file("checkpoint")), vkey);
  say(`The checkpoint is signed by the log's key: ${head.origin}, ${head.size} leaves`);
  const entries = [], hashes = [];
  for (let start = 0; start < head.size; start += 256) {
    const width = Math.min(256, head.size - start), path = tilePath("entries", start / 256, width), bundle = await file(path);
    let at = 0;
    for (; at + 2 <= bundle.length; at += 2 + (bundle[at] << 8) + bundle[at + 1]) entries.push(bundle.slice(at + 2, at + 2 + (bundle[at] << 8) + bundle[at + 1]));
    need(at === bundle.length && entries.length === start + width, `${path} cannot be read`);
    for (const entry of entries.slice(start)) hashes.push(leafHash(entry));
    const tile = await file(tilePath(0, start / 256, width));
    need(same(tile, concat(...hashes.slice(start))), `${tilePath(0, start / 256, width)} does not follow from the entries`);
  }
  need(same(root(hashes), head.root), "the entries do not give the root of the checkpoint");
  let epoch = 0;
  const leaves = entries.map((entry, index) => {
    const leaf = (() => { try { return leafOf(entry); } catch (fault) { return fail(`leaf ${index}: ${fault.message}`); } })();
    need((index === 0) === (leaf.kind === "answerable/policy/v1" && index === 0), "the first leaf is not the log's policy");
    if (leaf.kind === "answerable/epoch/v1") need(leaf.number === ++epoch, `leaf ${index}: an epoch is missing or out of order`);
    return leaf;
  });
  say(`Every leaf is in its place, and they give the checkpoint's root: ${epoch} epochs`);
  return { vkey, head, hashes, leaves };
}
function periodOf(log, name) {
  const found = log.leaves.map((leaf, index) => ({ ...leaf, index })).filter((leaf) => leaf.kind === "answerable/period/v1" && leaf.period === name);
  need(found.length < 2, `${name} is published twice: ${found.map((leaf) => `leaf ${leaf.index}`).join(", ")}`);
  return found[0] ?? fail(`the log does not tell of ${name}`);
}

// A receipt: fields, event root, slot, epoch, checkpoint.
const fieldLeaf = (position, value, salt) => sha256(concat([0], salt, [position], text.encode(value.normalize("NFC"))));
function eventRoot(opening, from = 0, width = 32, closed = opening.closed.map((each) => base64(each, 32))) {
  const shown = new Map(opening.shown.map((each) => [each.position, each]));
  const build = (start, wide) => {
    if (![...shown.keys()].some((at) => at >= start && at < start + wide)) return closed.shift() ?? fail("a receipt lacks a closed part");
    if (wide === 1) return fieldLeaf(start, shown.get(start).value, base64(shown.get(start).salt, 32));
    return nodeHash(build(start, wide / 2), build(start + wide / 2, wide / 2));
  };
  const top = build(from, width);
  need(closed.length === 0 && shown.size === opening.shown.length && [...shown.keys()].every((at) => at >= 0 && at < width), "a receipt's parts do not fit");
  return top;
}
export async function checkReceipt(receipt, log, say) {
  const [head, ...rest] = receipt.split("\n\n"), lines = head.split("\n"), signed = rest.join("\n\n");
  need(lines[0] === "c2sp.org/tlog-proof@v1" && lines[1]?.startsWith("extra ") && /^index (0|[1-9]\d*)$/.test(lines[2]), "this is no receipt");
  const index = Number(lines[2].slice(6)), plain = read(base64(lines[1].slice(6))), opening = parse(plain, "the receipt's opening");
  need(canonical(opening) === plain, "the receipt's opening is not canonical");
  const then = await openNote(signed, log.vkey);
  need(then.size <= log.hashes.length && same(root(log.hashes.slice(0, then.size)), then.root), "the receipt's checkpoint is of another history");
  need(index < log.hashes.length && log.leaves[index].kind === "answerable/epoch/v1", `leaf ${index} is no epoch of this log`);
  included(log.hashes[index], index, then.size, lines.slice(3).map((each) => base64(each, 32)), then.root, "the receipt's proof does not lead to its checkpoint");
  const event = eventRoot(opening), epoch = log.leaves[index];
  need(opening.slot_count === epoch.slots, "the receipt names another epoch");
  included(leafHash(event), opening.slot, epoch.slots, opening.slot_proof.map((each) => base64(each, 32)), epoch.root, "the opened fields are not in that epoch");
  say(`The receipt's event lies in epoch ${epoch.number} of the log`);
  return hex(event);
}
const rowOf = (sheet, leaves) => sha256(concat(text.encode("answerable/row/v1"), [sheet], ...leaves));
export async function checkCounted(content, log, say) {
  const proof = parse(content, "the proof");
  need(proof.format === "answerable/counted/v1" && proof.rows?.length > 0, "this is no proof that a case was counted");
  const event = await checkReceipt(proof.receipt, log, say), leaf = periodOf(log, proof.period);
  need(new Set(proof.rows.map((each) => each.row.sheet)).size === proof.rows.length, "the proof names a sheet twice");
  for (const { row, index, proof: path } of proof.rows) {
    need(row.link === event, `sheet ${row.sheet}: the row links to another event`);
    const commitment = rowOf(row.sheet, [fieldLeaf(0, row.link, base64(row.salt, 32)), ...row.leaves.map((each) => base64(each, 32))]);
    included(leafHash(commitment), index, leaf.rows, path.map((each) => base64(each, 32)), base64(leaf.table_root, 32), `sheet ${row.sheet}: the row is not in the table of ${proof.period}`);
  }
  say(`The case was counted in ${proof.period}, on ${proof.rows.length} sheets`);
}

// A report: rows, groups, figures.
const saltOf = (seed, position) => hmac(seed, concat(text.encode("answerable/row-salt/v1"), [position]));
function readSheet(sheet, number, lines, at, size) {
  const head = parse(lines[at] ?? "", `line ${at + 1}`), groups = head.groups, counted = groups?.map(() => 0), hashes = [];
  need(head.sheet === sheet.name && canonical(head) === lines[at] && groups.every((group) => group.length === sheet.fields.length), `line ${at + 1} does not begin sheet ${sheet.name}`);
  for (let row = 1; row <= size; row++) {
    const said = parse(lines[at + row] ?? "", `line ${at + row + 1}, sheet ${sheet.name}: a row was left out, or it`);
    need(Array.isArray(said) && said.length > 0, `line ${at + row + 1} is no row`);
    if (said.length === 1) { hashes.push(leafHash(base64(said[0], 32))); continue; }
    const [group, seed, ...closed] = said, shows = groups[group] ?? fail(`line ${at + row + 1} names no group`), open = base64(seed, 32);
    const leaves = [null, ...shows].map((value, position) => (value === null ? base64(closed.shift(), 32) : fieldLeaf(position, value, saltOf(open, position))));
    need(closed.length === 0, `line ${at + row + 1} has a part too many`);
    counted[group]++;
    hashes.push(leafHash(rowOf(number, leaves)));
  }
  return { groups: groups.map((values, group) => [values, counted[group]]), root: root(hashes) };
}
function countFigure(figure, sheet, groups) {
  const cells = new Map(), where = figure.where ?? {};
  let notShown = 0;
  for (const [values, rows] of groups) {
    const of = (name) => values[sheet.fields.indexOf(name)], asked = [...figure.by, ...Object.keys(where)].map((name) => [name, of(name)]);
    if (asked.some(([name, value]) => value !== null && where[name] && !where[name].includes(value))) continue;
    if (asked.some(([, value]) => value === null)) { notShown += rows; continue; }
    const key = JSON.stringify(figure.by.map(of));
    cells.set(key, (cells.get(key) ?? 0) + rows);
  }
  const byKey = (one, two) => { for (let at = 0; at < one.length; at++) { const order = byCodePoint(one[at], two[at]); if (order) return order; } return 0; };
  const sorted = [...cells].map(([key, rows]) => ({ key: JSON.parse(key), rows })).sort((one, two) => two.rows - one.rows || byKey(one.key, two.key));
  return { name: figure.name, title: figure.title, by: figure.by, cells: sorted, not_shown: notShown };
}
export async function recount(files, log, say) {
  const query = parse(read(files.query), "query.json"), lines = read(files.table).split("\n"), header = parse(lines[0], "the table's first line"), roots = [], counted = {};
  need(lines.pop() === "" && canonical(header) === lines[0], "the table's first line is not canonical, or its last is cut off");
  query.sheets.forEach((sheet, number) => { const one = readSheet(sheet, number, lines, 1 + number * (header.size + 1), header.size); roots.push(one.root); counted[sheet.name] = one.groups; });
  need(lines.length === 1 + query.sheets.length * (header.size + 1), "the table has a line too many");
  const told = query.sheets.map((sheet) => counted[sheet.name].reduce((sum, [, rows]) => sum + rows, 0));
  need(new Set(told).size === 1, "the sheets tell of different numbers of demands");
  for (const sheet of query.sheets) for (const [values, rows] of counted[sheet.name]) need(rows >= query.smallest_group, `sheet ${sheet.name}, ${values}: ${rows} rows are fewer than may be shown`);
  const sheets = Object.fromEntries(query.sheets.map((sheet) => [sheet.name, sheet])), { size, format, ...head } = header;
  need(format === "answerable/table/v1" && Number.isSafeInteger(size), "this is no table");
  const report = { ...head, format: "answerable/report/v1", smallest_group: query.smallest_group, received: told[0] || null, figures: query.figures.map((figure) => countFigure(figure, sheets[figure.sheet], counted[figure.sheet])) };
  const found = text.encode(`${canonical(report)}\n`);
  if (!same(found, files.report)) fail(difference(parse(read(files.report), "report.json"), report));
  say(`The figures are those that the rows give: ${report.received ?? "too few to tell"}`);
  const leaf = periodOf(log, report.period);
  need(leaf.rows === size * roots.length && hex(base64(leaf.table_root, 32)) === hex(root(roots)), `the table is not the one in leaf ${leaf.index} of the log: a row was changed, dropped or added`);
  need(leaf.report_sha512 === await sha512(files.report), `report.json is not the one in leaf ${leaf.index} of the log`);
  need(leaf.query_sha512 === await sha512(files.query), `query.json is not the one in leaf ${leaf.index} of the log`);
  say(`The log tells of ${report.period} once, and names this report, this table and these rules`);
}
function difference(said, found) {
  for (const figure of found.figures) {
    const other = said.figures?.find((each) => each.name === figure.name) ?? fail(`${figure.name} is missing from the report`);
    for (const cell of [...figure.cells, ...other.cells]) {
      const of = (counted) => counted.cells.find((each) => String(each.key) === String(cell.key))?.rows ?? 0;
      if (of(figure) !== of(other)) return `${figure.name}, ${cell.key.join(", ")}: the report says ${of(other)}, the rows give ${of(figure)}`;
    }
  }
  return "report.json is not what the rows give";
}

// In a browser.
async function fetched(path) {
  const answer = await fetch(path, { credentials: "omit", redirect: "error" });
  need(answer.ok, `${path} is not there`);
  return new Uint8Array(await answer.arrayBuffer());
}
async function inBrowser() {
  const by = (id) => document.getElementById(id), button = by("go");
  button.hidden = false; by("without").hidden = true;
  button.addEventListener("click", async () => {
    const found = by("found"), said = by("said").firstElementChild, file = by("proof").files[0], period = by("period").value;
    const say = (line) => { const item = document.createElement("li"); item.textContent = line; found.append(item); };
    found.replaceChildren(); said.textContent = "Checking…"; button.disabled = true;
    try {
      const log = await walkLog((path) => fetched(`/log/${path}`), say);
      if (file) { const content = await file.text(); await (content.startsWith("{") ? checkCounted : checkReceipt)(content, log, say); }
      if (period) { const [report, query, table] = await Promise.all(["report.json", "query.json", "table.jsonl"].map((name) => fetched(`/reports/${encodeURIComponent(period)}/${name}`))); await recount({ report, query, table }, log, say); }
      said.textContent = "Everything that was checked holds.";
    } catch (fault) { said.textContent = `This does not hold: ${fault.message}.`; }
    button.disabled = false;
  });
}
async function underNode() {
  const { readFile } = await import("node:fs/promises"), [, , logFolder, folder, proof] = process.argv;
  const file = async (path) => new Uint8Array(await readFile(path));
  try {
    const log = await walkLog((path) => file(`${logFolder}/${path}`), console.log);
    if (folder && folder !== "-") await recount({ report: await file(`${folder}/report.json`), query: await file(`${folder}/query.json`), table: await file(`${folder}/table.jsonl`) }, log, console.log);
    if (proof) { const content = read(await file(proof)); await (content.startsWith("{") ? checkCounted : checkReceipt)(content, log, console.log); }
    console.log("all hold.");
  } catch (fault) { console.log(`BROKEN  ${fault.message}`); process.exitCode = 1; }
}
if (typeof document !== "undefined") inBrowser();
else if (process.argv[1]?.endsWith("verify.mjs")) underNode();
