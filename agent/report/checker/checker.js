"use strict";
// Verify a bundle of evidence in a browser: the archive, its signed inventory, the proofs up to the signed checkpoint.
// Nothing leaves the page: its policy lets it ask no one.
const words = JSON.parse(document.getElementById("words").textContent);
const text = new TextEncoder(), MOST = 512 * 1024 * 1024;
const read = (bytes) => new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes);
const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
const unhex = (said) => Uint8Array.from(said.match(/../g) || [], (one) => parseInt(one, 16));
const unbase64 = (said) => Uint8Array.from(atob(said), (one) => one.charCodeAt(0));
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const digest = async (bytes) => hex(await sha256(bytes));
const same = (one, other) => hex(one) === hex(other);

class Damage extends Error {}
class Doubt extends Error {}
const say = (name, ...values) => values.reduce((said, one) => said.replace("{}", () => one), words[name]);
const hold = (fine, name, ...values) => { if (!fine) throw new Damage(say(name, ...values)); };

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((size, one) => size + one.length, 0));
  parts.reduce((at, one) => { whole.set(one, at); return at + one.length; }, 0);
  return whole;
}

// The archive: stored or deflated files, nothing else. Form: PKWARE's APPNOTE, 4.3.7, 4.3.12 and 4.3.16.
async function unzip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), end = bytes.length - 22, files = new Map();
  hold(end >= 0 && view.getUint32(end, true) === 0x06054b50, "not_archive");
  let at = view.getUint32(end + 16, true), total = 0;
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    hold(at + 46 <= end && view.getUint32(at, true) === 0x02014b50, "not_archive");
    const method = view.getUint16(at + 10, true), packed = view.getUint32(at + 20, true), size = view.getUint32(at + 24, true);
    const length = view.getUint16(at + 28, true), local = view.getUint32(at + 42, true);
    const name = read(bytes.subarray(at + 46, at + 46 + length));
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (name.endsWith("/") && size === 0) continue;
    hold(!files.has(name) && (total += size) <= MOST && (method === 0 || method === 8), "not_archive");
    hold(local + 30 <= end && view.getUint32(local, true) === 0x04034b50, "not_archive");
    const begins = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    hold(begins + packed <= end, "not_archive");
    const content = bytes.subarray(begins, begins + packed);
    files.set(name, method === 0 ? content : await inflated(content, size));
    hold(files.get(name).length === size, "not_archive");
  }
  return files;
}

async function inflated(content, size) {
  const reader = new Blob([content]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  for (let got = 0; ;) {
    const {done, value} = await reader.read().catch(() => { throw new Damage(say("not_archive")); });
    if (done) return joined(parts);
    hold((got += value.length) <= size, "not_archive");
    parts.push(value);
  }
}

function file(files, name) {
  hold(files.has(name), "missing", name);
  return files.get(name);
}

const lines = (bytes) => { const said = read(bytes); hold(said === "" || said.endsWith("\n"), "form"); return said.split("\n").slice(0, -1); };

// The inventory: the digest of every file, and those of the documents of the report.
function inventory(bytes) {
  const listed = new Map(), documents = new Map();
  for (const line of lines(bytes)) {
    const [, remark, sum, name] = /^(# )?([0-9a-f]{64})  ([A-Za-z0-9_.\/-]{1,200})$/.exec(line) || [];
    hold(sum && !(remark ? documents : listed).has(name), "form");
    (remark ? documents : listed).set(name, sum);
  }
  return {listed, documents};
}

async function keyIn(files, name) {
  const pem = read(file(files, name));
  const found = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+\/=\n]+)-----END PUBLIC KEY-----\n$/.exec(pem);
  hold(found, "form");
  const der = unbase64(found[1].replace(/\n/g, ""));
  hold(der.length === 44, "form");
  const fingerprint = base64(await sha256(der)).replace(/=+$/, "");
  return {key: await imported(der.subarray(12)), fingerprint};
}

// The keys that the agent had: each signs that the next one follows it, and the next one countersigns.
async function keysOf(files) {
  const keys = [];
  for (let n = 1; files.has(`keys/${n}.txt`); n++) keys.push({...await keyIn(files, `keys/${n}.pub.pem`), n});
  keys.push(await keyIn(files, "signing-key.pub.pem"));
  for (const [place, one] of keys.slice(0, -1).entries()) {
    const said = read(file(files, `keys/${one.n}.txt`)), next = keys[place + 1];
    const [, from, to, size] = /^beffroi\.rotation\/1 [0-9-]{10}\nlog \S+\nfrom SHA256:(\S+)\nto SHA256:(\S+)\ncheckpoint ([0-9]+) \S+\n$/.exec(said) || [];
    hold(from === one.fingerprint && to === next.fingerprint && await signed(one.key, file(files, `keys/${one.n}.sig`), text.encode(said))
      && await signed(next.key, file(files, `keys/${one.n}-new.sig`), text.encode(said)), "key_change", one.fingerprint);
    one.size = Number(size);
  }
  return keys;
}

const imported = (raw) => crypto.subtle.importKey("raw", raw, {name: "Ed25519"}, false, ["verify"])
  .catch(() => { throw new Doubt(say("browser")); });
const signed = (key, signature, content) => crypto.subtle.verify({name: "Ed25519"}, key, signature, content);

// Merkle trees as RFC 6962 hashes them.
const leaf = (bytes) => sha256(joined([Uint8Array.of(0), bytes]));
const node = (left, right) => sha256(joined([Uint8Array.of(1), left, right]));

async function rootOf(level) {
  if (level.length === 0) return sha256(new Uint8Array());
  while (level.length > 1) {
    const above = [];
    for (let at = 0; at < level.length; at += 2)
      above.push(at + 1 < level.length ? await node(level[at], level[at + 1]) : level[at]);
    level = above;
  }
  return level[0];
}

async function included(root, size, index, hashed, proof) {
  let place = index, last = size - 1, found = hashed;
  if (!(index >= 0 && index < size)) return false;
  for (const one of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      found = await node(one, found);
      while (place % 2 === 0 && place !== 0) { place = Math.floor(place / 2); last = Math.floor(last / 2); }
    } else found = await node(found, one);
    place = Math.floor(place / 2); last = Math.floor(last / 2);
  }
  return last === 0 && same(found, root);
}

// Whether a log of some leaves goes on from an earlier one, so that its first leaves are the same (RFC 9162, 2.1.4.2).
async function continues(oldRoot, oldSize, root, size, proof) {
  if (oldSize === size) return proof.length === 0 && same(oldRoot, root);
  if (!(oldSize >= 1 && oldSize < size)) return false;
  let place = oldSize - 1, last = size - 1;
  while (place % 2 === 1) { place = Math.floor(place / 2); last = Math.floor(last / 2); }
  const [first, ...rest] = place === 0 ? [oldRoot, ...proof] : proof;
  if (first === undefined) return false;
  let before = first, after = first;
  for (const one of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      before = await node(one, before);
      after = await node(one, after);
      while (place % 2 === 0 && place !== 0) { place = Math.floor(place / 2); last = Math.floor(last / 2); }
    } else after = await node(after, one);
    place = Math.floor(place / 2); last = Math.floor(last / 2);
  }
  return last === 0 && same(before, oldRoot) && same(after, root);
}

// By the size of each earlier checkpoint, the proof that the newest goes on from it.
function continuedOf(bytes) {
  const found = new Map();
  for (const line of lines(bytes)) {
    const [, size, hashes] = /^checkpoint ([0-9]{1,15})((?: [0-9a-f]{64})*)$/.exec(line) || [];
    if (size) found.set(size, hashes.split(" ").slice(1).map(unhex));
  }
  return found;
}

function proofsOf(bytes) {
  const days = new Map();
  for (const line of lines(bytes)) {
    const [kind, name, ...rest] = line.split(" ");
    if (kind === "checkpoint") continue;
    hold(["own", "day", "leaf", "log"].includes(kind) && /^[0-9]{5,12}-[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(name), "form");
    const day = days.get(name) || {};
    hold(!(kind in day), "form");
    day[kind] = kind === "own" || kind === "leaf" ? rest.join(" ")
      : {index: Number(rest[0]), size: Number(rest[1]), hashes: rest.slice(2).map(unhex)};
    days.set(name, day);
  }
  return days;
}

// NUMBER INSTANT KIND PAYLOAD, or erased:DIGEST for the last: of what rules erase alone, and a row of kind erased names it.
const ERASABLE = /^(entry|seen)$/;
const rowOf = (line) => /^([0-9]+) ([0-9TZ:.+-]+) ([a-z-]+) (.*)$/s.exec(line) || [];

async function rowLeaf(line, number, told) {
  const [, row, instant, kind, payload] = rowOf(line);
  hold(row === String(number), "row", number);
  const erased = /^erased:([0-9a-f]{64})$/.exec(payload);
  hold(erased ? ERASABLE.test(kind) && told.includes(erased[1]) : payload.startsWith("{"), "row", number);
  const sum = erased ? erased[1] : await digest(text.encode(payload));
  return leaf(text.encode(`{"instant":"${instant}","kind":"${kind}","payload":"${sum}","row":${row}}`));
}

// The only place of a beneficiary in the tree of a day: the first bits of the digest of its name.
async function placeOf(name, bits) {
  const sum = new DataView((await sha256(text.encode(name))).buffer);
  return Number(sum.getBigUint64(0, false) >> BigInt(64 - bits));
}

async function isInPlace({bits}, {index, size}, beneficiary) {
  return bits === undefined || (Number.isInteger(bits) && bits >= 24 && bits <= 52 && size === 2 ** bits
    && index === await placeOf(beneficiary, bits));
}

async function heldDay(files, name, proof, checkpoint, beneficiary, told) {
  hold(proof.own && proof.day && proof.leaf && proof.log, "day", name);
  const own = JSON.parse(proof.own), day = JSON.parse(proof.leaf), rows = [];
  for (const line of lines(file(files, `days/${name}.txt`))) rows.push(await rowLeaf(line, own.first + rows.length, told));
  // As texts they would pass for the numbers that they say here, and for none where days and rows are counted.
  hold(Number.isSafeInteger(day.number) && Number.isSafeInteger(own.first), "day", name);
  const fine = rows.length === own.rows && hex(await rootOf(rows)) === own.root && own.beneficiary === beneficiary
    && name === `${String(day.number).padStart(5, "0")}-${day.day}` && proof.log.size === checkpoint.size
    && await included(unhex(day.root), proof.day.size, proof.day.index, await leaf(text.encode(proof.own)), proof.day.hashes)
    && await included(checkpoint.root, checkpoint.size, proof.log.index, await leaf(text.encode(proof.leaf)), proof.log.hashes);
  hold(fine, "day", name);
  hold(await isInPlace(day, proof.day, beneficiary), "place", name);
  return {name, number: day.number, day: day.day, index: proof.log.index, first: own.first, next: own.first + own.rows,
    placed: day.bits !== undefined};
}

async function checkpointOf(files, keys) {
  const said = read(file(files, "checkpoint-text.txt")), [origin, size, root] = said.split("\n");
  const {key} = keys.find((one) => one.size === undefined || Number(size) <= one.size), {fingerprint} = keys[0];
  hold(await signed(key, file(files, "checkpoint.sig"), text.encode(said)), "checkpoint");
  hold(read(file(files, "checkpoint.txt")).startsWith(`${said}\n`), "checkpoint");
  hold(origin === `beffroi/${fingerprint.replace(/\+/g, "-").replace(/\//g, "_")}`, "checkpoint");
  return {size: Number(size), root: unbase64(root)};
}

// The quarter's own days: its author must not choose them.
function holdSpan(about) {
  const [, year, quarter] = /^([0-9]{4})-Q([1-4])$/.exec(about.get("quarter")) || [];
  hold(year, "form");
  const iso = (month, day) => new Date(Date.UTC(Number(year), month, day)).toISOString().slice(0, 10);
  const first = iso(3 * quarter - 3, 1), last = iso(3 * quarter, 0), goesOn = about.get("edition") === "provisional";
  const until = about.get("last_day");
  hold(about.get("first_day") === first && (until === last || (goesOn && until >= first && until < last)), "span");
}

// Of the quarter no signed day is missing: the day before each is there, or the beneficiary's first row is in it. A log
// that goes on from days which were signed before it has one leaf more (agent/report/own_rows.py, holes).
function holdWhole(days, earlier, firstDay) {
  const named = new Map([...earlier, ...days].map(({name, day}) => [Number(name.slice(0, -11)), day]));
  const proven = new Map(days.map((one) => [one.number, one])), least = Math.min(...named.keys());
  const begins = (one) => {
    const last = one.number - one.index;
    if (one.first !== 1 || last <= 1) return one.first === 1;
    return named.has(last) || !(one.index === 1 || [...named].some(([number, day]) => number <= last && day >= firstDay));
  };
  for (const [number, day] of named) {
    const one = proven.get(number), fine = named.has(number - 1) || (one ? begins(one) : number === least);
    hold(day < firstDay || fine, "hole", `${String(number).padStart(5, "0")}-${day}`);
  }
}

async function heldDays(files, keys, about, earlier) {
  const named = [...files.keys()].filter((name) => name.startsWith("days/"));
  const proofs = proofsOf(file(files, "proofs.txt"));
  hold(named.length === proofs.size && named.every((name) => proofs.has(name.slice(5, -4))), "form");
  if (named.length === 0) return [];
  const checkpoint = await checkpointOf(files, keys), days = [];
  const rows = [...named, "tail.txt"].flatMap((name) => lines(file(files, name)));
  const told = rows.filter((line) => rowOf(line)[3] === "erased").join("\n");
  for (const [name, proof] of proofs)
    days.push(await heldDay(files, name, proof, checkpoint, about.get("beneficiary"), told));
  days.sort((one, other) => one.number - other.number);
  hold(days.at(-1).index === checkpoint.size - 1, "hole", days.at(-1).name);
  days.forEach((one, place) => {
    const before = days[place - 1];
    hold(one.index < one.number && (!before || one.index - before.index === one.number - before.number), "hole", one.name);
    hold(one.placed || !before || !before.placed, "place", one.name);
    if (before && one.number === before.number + 1) hold(one.first === before.next, "hole", one.name);
  });
  holdWhole(days, earlier, about.get("first_day"));
  return days;
}

// Days that were signed before the log began: the digest of each is in the line that was signed.
async function heldEarlier(files, keys) {
  const heads = files.has("HEADS") ? inventory(files.get("HEADS")).listed : new Map();
  for (const [name, sum] of heads) {
    const of = name.split("/")[1].replace(/\.txt$/, ""), said = file(files, `heads/${of}.txt`);
    const by = await Promise.all(keys.map(({key}) => signed(key, file(files, `heads/${of}.sig`), said)));
    hold(await digest(file(files, name)) === sum && read(said).trim().endsWith(` ${sum}`) && by.includes(true), "day", of);
  }
  return [...heads.keys()].map((name) => name.split("/")[1].replace(/\.txt$/, "")).map((name) => ({name, day: name.slice(-10)}));
}

// A witness's verifier key: NAME+NUMBER+BASE64, whose first byte says that it makes cosignatures.
async function witnessOf(said) {
  const [, name, number, encoded] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+\/=]+)$/.exec(said.trim()) || [];
  const raw = name ? unbase64(encoded) : new Uint8Array();
  if (raw[0] !== 4 || raw.length !== 33) throw new Doubt(say("witness_key"));
  const id = (await sha256(joined([text.encode(`${name}\n`), raw]))).subarray(0, 4);
  if (hex(id) !== number) throw new Doubt(say("witness_key"));
  return {name, id, key: await imported(raw.subarray(1))};
}

// What a witness cosigned counts where the log of this bundle goes on from it.
async function cosigned(files, keys, witness) {
  const found = [], newest = await checkpointOf(files, keys), proofs = continuedOf(file(files, "proofs.txt"));
  for (const [name, bytes] of files) {
    const [, size] = /^checkpoints\/([0-9]+)(?:-[0-9]+)?\.txt$/.exec(name) || [];
    if (!size) continue;
    const note = read(bytes), at = note.lastIndexOf("\n\n"), body = note.slice(0, at + 1);
    const [, said, root] = body.split("\n"), proof = proofs.get(size) || [];
    const fine = said === size && /^[A-Za-z0-9+\/]{43}=$/.test(root);
    hold(fine && await continues(unbase64(root), Number(size), newest.root, newest.size, proof), "cosignature", name);
    for (const line of note.slice(at + 2).split("\n")) {
      const [, by, encoded] = /^\u2014 ([^ ]+) ([A-Za-z0-9+\/=]+)$/.exec(line) || [];
      if (by !== witness.name) continue;
      const raw = unbase64(encoded);
      if (!same(raw.subarray(0, 4), witness.id)) continue;
      const when = new DataView(raw.buffer).getBigUint64(4, false);
      hold(await signed(witness.key, raw.subarray(12), text.encode(`cosignature/v1\ntime ${when}\n${body}`)), "cosignature", name);
      found.push({size: Number(size), at: Number(when) * 1000});
    }
  }
  return found;
}

async function heldWitness(files, keys, said, days, about, answer) {
  const witness = await witnessOf(said), found = days.length ? await cosigned(files, keys, witness) : [], missing = [];
  const own = days.filter((one) => one.day >= about.get("first_day") && one.day <= about.get("last_day"));
  for (const one of own) {
    const first = Math.min(...found.filter((each) => each.size > one.index).map((each) => each.at));
    if (!(first <= Date.parse(`${one.day}T00:00:00Z`) + 2 * 86400000)) missing.push(one.day);
  }
  answer.lines.push(say("witnessed", witness.name, own.length - missing.length, own.length));
  if (missing.length) answer.doubts.push(say("not_cosigned", witness.name, missing.slice(0, 10).join(", ")));
}

// Pages of a published edition that are made on demand, which its bundle does not bind.
const madeLater = /-(public|en|en-public)\.pdf$/;

async function heldDocuments(documents, given, answer) {
  const seen = new Set(), names = new Map([...documents].map(([name, sum]) => [sum, name]));
  for (const one of given) {
    const name = names.get(await digest(one.bytes));
    if (name) { seen.add(name); answer.lines.push(say("document", one.name)); }
    else if (madeLater.test(one.name) && documents.size && !documents.has(one.name)) answer.doubts.push(say("made_later", one.name));
    else if (documents.size) answer.damage.push(say("other_document", one.name));
    else answer.doubts.push(say("unbound", one.name));
  }
  const unseen = [...documents.keys()].filter((name) => !seen.has(name));
  if (unseen.length) answer.lines.push(say("unseen", unseen.join(", ")));
}

async function heldBundle(bytes, given, asked, answer) {
  const files = await unzip(bytes), {listed, documents} = inventory(file(files, "MANIFEST"));
  const keys = await keysOf(files), {key, fingerprint} = keys.at(-1);
  answer.lines.push(say("key", `SHA256:${fingerprint}`));
  for (const [place, one] of keys.slice(1).entries()) answer.lines.push(say("follows", one.fingerprint, keys[place].fingerprint));
  if (asked.fingerprint) hold(keys.some((one) => asked.fingerprint === `SHA256:${one.fingerprint}`), "other_key");
  hold(await signed(key, file(files, "MANIFEST.sig"), files.get("MANIFEST")), "manifest");
  for (const name of files.keys()) hold(listed.has(name) || name === "MANIFEST" || name === "MANIFEST.sig", "added", name);
  for (const [name, sum] of listed) hold(await digest(file(files, name)) === sum, "changed", name);
  const about = new Map(lines(file(files, "about.txt")).map((line) => line.split(/: (.*)/s).slice(0, 2)));
  answer.about = ["beneficiary", "quarter", "edition"].map((name) => about.get(name)).join(", ");
  await heldDocuments(documents, given, answer);
  if (about.get("schema") !== "beffroi.evidence/2") throw new Doubt(say("older", about.get("schema")));
  holdSpan(about);
  const earlier = await heldEarlier(files, keys), days = await heldDays(files, keys, about, earlier);
  const last = days.reduce((next, one) => Math.max(next, one.next), 1);
  lines(file(files, "tail.txt")).forEach((line, place) => hold(rowOf(line)[1] === String(last + place), "row", last + place));
  const proven = new Set(days.map(({name}) => name)), all = [...earlier.filter(({name}) => !proven.has(name)), ...days];
  const within = ({day}) => day >= about.get("first_day") && day <= about.get("last_day");
  const unplaced = all.filter((one) => !one.placed), own = unplaced.filter(within).length;
  answer.lines.push(say("days", all.length));
  if (unplaced.length) answer.lines.push(say("without_places", own, all.filter(within).length, unplaced.length - own));
  if (!all.length) answer.doubts.push(say("no_day"));
  for (const said of asked.witnesses) await heldWitness(files, keys, said, days, about, answer);
}

async function verify(bundle, given, asked) {
  const answer = {lines: [], damage: [], doubts: [], about: ""};
  try {
    await heldBundle(bundle, given, asked, answer);
  } catch (error) {
    if (error instanceof Doubt) answer.doubts.push(error.message);
    else answer.damage.push(error instanceof Damage ? error.message : say("form"));
  }
  answer.outcome = answer.damage.length ? "damaged" : answer.doubts.length ? "unproven" : asked.fingerprint ? "sound" : "unsigned";
  return answer;
}

function show(answer) {
  const place = document.getElementById("answer"), list = document.createElement("ul"), head = document.createElement("h2");
  head.textContent = `${say(answer.outcome)}${answer.about ? ` (${answer.about})` : ""}`;
  for (const line of [...answer.damage, ...answer.doubts, ...answer.lines]) {
    const one = document.createElement("li");
    one.textContent = line;
    list.append(one);
  }
  place.dataset.outcome = answer.outcome;
  place.replaceChildren(head, list);
}

const undecided = (doubt) => ({outcome: "unproven", about: "", damage: [], doubts: [doubt], lines: []});

async function answered(given) {
  const files = [];
  for (const one of given) {
    if (one.size > MOST) return undecided(say("large", one.name));
    files.push({name: one.name, bytes: new Uint8Array(await one.arrayBuffer())});
  }
  const bundles = files.filter((one) => one.name.endsWith(".zip"));
  if (bundles.length !== 1) return undecided(say("one_bundle"));
  const field = (id) => document.getElementById(id).value.trim();
  const asked = {fingerprint: field("fingerprint").replace(/=+$/, ""), witnesses: field("witnesses").split("\n").filter((one) => one.trim())};
  return verify(bundles[0].bytes, files.filter((one) => one !== bundles[0]), asked);
}

// An answer is shown while it is that of what was given last, and of what is known of its signers.
let turn = 0;
function forget(said) {
  const place = document.getElementById("answer");
  place.textContent = said;
  delete place.dataset.outcome;
  return ++turn;
}

async function take(given) {
  const own = forget(say("working")), answer = await answered(given);
  if (own === turn) show(answer);
}

let chosen = [];
const drop = document.getElementById("drop");
document.getElementById("files").addEventListener("change", (event) => { chosen = [...event.target.files]; take(chosen); });
for (const id of ["fingerprint", "witnesses"]) document.getElementById(id).addEventListener("input", () => forget(""));
document.getElementById("again").addEventListener("click", () => take(chosen));
drop.addEventListener("dragover", (event) => event.preventDefault());
drop.addEventListener("drop", (event) => { event.preventDefault(); chosen = [...event.dataTransfer.files]; take(chosen); });
