// The console. Whatever comes from a node is put in as text, never as markup. The token of the operators lives in one variable
// and is gone with the page.
"use strict";

const WORDS = {
  en: {
    skip: "Skip to the state of the cluster", language: "Language", asking: "Asking the node …", topology: "Topology",
    troubles: "What is wrong", live: "As it happens", quiet: "Nothing has happened since this page was opened.", acts: "Act",
    readOnly: "This address is for reading. Whoever may act opens the operators' address of a node.", target: "New primary",
    dryRun: "Dry run", switchover: "Switchover …", pause: "Pause takeovers …", resume: "Allow takeovers again …",
    planned: "Steps of the plan", step: "Step", where: "Where", what: "What", expected: "Expected", history: "History",
    noHistory: "No transition yet.", reason: "Why (kept in the audit trail)",
    token: "Token of the operators (forgotten when this page is closed)", cancel: "Cancel",
    seen: (node, time) => `as ${node} sees it, ${time}`, lost: time => `no answer since ${time}`,
    noAnswer: "This node does not answer", noAnswerMore: "What stands below is old. Open the console of another node.",
    noRecord: "There is no cluster yet", noRecordMore: "The store holds no record: ha init on the first data node.",
    storeAway: "the store is not reached by this node",
    well: "All is well", wellMore: (p, s, t) => `${p} takes the writes; ${s} would take over${t ? ` in about ${t}` : ""}.`,
    look: "Safe, and something needs a look", lookMore: (p, s) => `${p} takes the writes; ${s} would take over.`,
    nobody: "Nobody could take over", nobodyMore: (p, why) => `${p} takes the writes; ${why}.`,
    closed: "No primary serves", closedMore: p => `${p} is the primary by the record and does not serve.`,
    unknown: "The primary does not answer this node", unknownMore: p => `${p} is the primary by the record; the proxies may reach it all the same.`,
    FAILOVER: "Failover under way", SWITCHOVER: "Switchover under way", EMERGENCY: "Emergency under way", FAILBACK: "Failback under way",
    RESTART: "Restart under way", DRILL: "Drill under way", under: (from, to) => `from ${from} to ${to}`,
    obstacle: {
      UNDER_WAY: "a transition is under way", PAUSED: "takeovers are paused", ASYNC: "durability is ASYNC",
      NOBODY_CERTIFIED: "no standby is certified to hold every acknowledged commit",
      NOBODY_THERE: "the certified standby is not there"
    },
    pausedHead: "Takeovers are paused", pausedUntil: at => `takeovers are paused until ${at}`,
    primary: "primary", nominee: "nominated", certified: "certified", standby: "standby, not certified", witness: "witness", client: "client",
    absent: "not there", left: "left in order", old: "not in the record's role",
    server: "Server", lag: "Behind", copy: "Copy", doing: "Doing", data: "Data", noLag: "nothing", coordinates: "coordinates",
    condition: { RUNNING: "runs", STARTING: "starts", DOWN: "down", HUNG: "hung", UNKNOWN: "not known" }, mode: { PRIMARY: "as primary", STANDBY: "as standby", NONE: "" },
    health: { HEALTHY: "healthy", DEGRADED: "degraded", UNHEALTHY: "unhealthy" }, noWord: "does not answer", lostStore: "no store",
    epoch: "Epoch", timeline: "Timeline", durability: "Durability", takeover: "Would take over", forecast: "A failover takes", none: "nobody", noForecast: "none measured yet",
    kinds: { STATE: "record", STEP: "step", DUTY: "duty", ALARM: "alarm" },
    steps: {}, outcome: "Outcome", node: "Node", began: "Began", took: "Took", chart: "Course", epochOf: n => `epoch ${n}`,
    undone: "undone", clients: t => `${t} until open`, planFrom: (from, to, ok) => `${from} → ${to}: ${ok ? "possible" : "not possible"}`,
    askSwitchover: to => `Let ${to} become the primary?`,
    askSwitchoverMore: "Nothing is lost. Connections break once, unless clients use the library's pool; writes pause for about a second.",
    typeNode: to => `Type ${to} to confirm`, goSwitchover: "Switch over",
    askPause: "Forbid takeovers for the whole cluster?", askPauseMore: "If the primary's machine is lost meanwhile, everybody waits until somebody allows takeovers again.",
    goPause: "Pause takeovers", askResume: "Allow takeovers again?", askResumeMore: "If the primary counts as dead, a takeover begins at once.", goResume: "Allow takeovers",
    working: "under way …", wrongToken: "The token was not accepted.", failed: "This node did not answer; look at the state above before trying again."
  },
  pt: {
    skip: "Ir para o estado do cluster", language: "Idioma", asking: "Consultando o nó …", topology: "Topologia",
    troubles: "O que está errado", live: "Em tempo real", quiet: "Nada aconteceu desde que esta página foi aberta.", acts: "Agir",
    readOnly: "Este endereço é só para leitura. Quem pode agir abre o endereço dos operadores de um nó.", target: "Novo primário",
    dryRun: "Simular", switchover: "Trocar o primário …", pause: "Pausar failovers …", resume: "Permitir failovers …",
    planned: "Passos do plano", step: "Passo", where: "Onde", what: "O quê", expected: "Previsto", history: "Histórico",
    noHistory: "Nenhuma transição ainda.", reason: "Motivo (fica na trilha de auditoria)",
    token: "Token dos operadores (esquecido ao fechar esta página)", cancel: "Cancelar",
    seen: (node, time) => `visto por ${node}, ${time}`, lost: time => `sem resposta desde ${time}`,
    noAnswer: "Este nó não responde", noAnswerMore: "O que está abaixo é antigo. Abra o console de outro nó.",
    noRecord: "Ainda não há cluster", noRecordMore: "O ZooKeeper não tem registro: execute ha init no primeiro nó de dados.",
    storeAway: "este nó não alcança o ZooKeeper",
    well: "Tudo em ordem", wellMore: (p, s, t) => `${p} recebe as gravações; ${s} assumiria${t ? ` em cerca de ${t}` : ""}.`,
    look: "Seguro, mas algo precisa de atenção", lookMore: (p, s) => `${p} recebe as gravações; ${s} assumiria.`,
    nobody: "Ninguém poderia assumir", nobodyMore: (p, why) => `${p} recebe as gravações; ${why}.`,
    closed: "Nenhum primário atende", closedMore: p => `${p} é o primário pelo registro e não atende.`,
    unknown: "O primário não responde a este nó", unknownMore: p => `${p} é o primário pelo registro; os proxies talvez o alcancem mesmo assim.`,
    FAILOVER: "Failover em andamento", SWITCHOVER: "Troca de primário em andamento", EMERGENCY: "Emergência em andamento", FAILBACK: "Retorno em andamento",
    RESTART: "Reinício em andamento", DRILL: "Ensaio em andamento", under: (from, to) => `de ${from} para ${to}`,
    obstacle: {
      UNDER_WAY: "uma transição está em andamento", PAUSED: "failovers estão pausados", ASYNC: "a durabilidade é ASYNC",
      NOBODY_CERTIFIED: "nenhuma réplica está certificada com todos os commits confirmados",
      NOBODY_THERE: "a réplica certificada não está presente"
    },
    pausedHead: "Failovers estão pausados", pausedUntil: at => `failovers estão pausados até ${at}`,
    primary: "primário", nominee: "nomeado", certified: "certificada", standby: "réplica não certificada", witness: "testemunha", client: "cliente",
    absent: "ausente", left: "saiu em ordem", old: "fora do papel do registro",
    server: "Servidor", lag: "Atraso", copy: "Cópia", doing: "Fazendo", data: "Dados", noLag: "nenhum", coordinates: "coordena",
    condition: { RUNNING: "ativo", STARTING: "iniciando", DOWN: "parado", HUNG: "travado", UNKNOWN: "desconhecido" }, mode: { PRIMARY: "como primário", STANDBY: "como réplica", NONE: "" },
    health: { HEALTHY: "saudável", DEGRADED: "degradado", UNHEALTHY: "com falha" }, noWord: "não responde", lostStore: "sem ZooKeeper",
    epoch: "Época", timeline: "Linha do tempo", durability: "Durabilidade", takeover: "Assumiria", forecast: "Um failover leva", none: "ninguém", noForecast: "nenhum medido ainda",
    kinds: { STATE: "registro", STEP: "passo", DUTY: "tarefa", ALARM: "alarme" },
    steps: {
      detected: "detectado", decided: "decidido", nominated: "nomeado", isolated: "isolado", promoted: "promovido", activated: "ativado", opened: "aberto",
      redirected: "redirecionado", enabled: "habilitado", prepared: "preparado", held: "retido", stopped: "parado", undone: "desfeito", rejoined: "reintegrado",
      started: "iniciado", copied: "copiado", rewound: "rebobinado"
    },
    outcome: "Resultado", node: "Nó", began: "Início", took: "Duração", chart: "Curso", epochOf: n => `época ${n}`,
    undone: "desfeita", clients: t => `${t} até abrir`, planFrom: (from, to, ok) => `${from} → ${to}: ${ok ? "possível" : "não é possível"}`,
    askSwitchover: to => `Tornar ${to} o primário?`,
    askSwitchoverMore: "Nada se perde. As conexões caem uma vez, salvo com o pool da biblioteca; as gravações pausam por cerca de um segundo.",
    typeNode: to => `Digite ${to} para confirmar`, goSwitchover: "Trocar o primário",
    askPause: "Proibir failovers em todo o cluster?", askPauseMore: "Se a máquina do primário cair enquanto isso, todos esperam até alguém permitir failovers de novo.",
    goPause: "Pausar failovers", askResume: "Permitir failovers de novo?", askResumeMore: "Se o primário contar como morto, um failover começa na hora.", goResume: "Permitir failovers",
    working: "em andamento …", wrongToken: "O token não foi aceito.", failed: "Este nó não respondeu; veja o estado acima antes de tentar de novo."
  }
};

const POLL = 2000;
const SHOWN = 100;
/** Of no length, or when clients are served again. */
const AFTERWARDS = new Set(["rejoined", "decided"]);

const by = id => document.getElementById(id);
const state = { cluster: null, history: null, answeredAt: 0, skew: 0, allowed: false, token: "", events: [], shown: {} };
let language = (navigator.languages || [navigator.language]).some((l, i) => i === 0 && l.toLowerCase().startsWith("pt")) ? "pt" : "en";
let words = WORDS[language];

/** An element with text in it; what is text stays text. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined).map(child => child instanceof Node ? child : String(child)));
  return made;
}

/** What a node says is in English, whatever language the page is in. */
const said = text => element("span", { lang: "en" }, text);
const locale = () => (language === "pt" ? "pt-BR" : "en-GB");
const number = (value, digits) => new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
const time = at => new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(at);
const moment = at => new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" }).format(at);

function duration(millis) {
  if (millis < 1) return `${number(millis, 1)} ms`;
  return millis < 1000 ? `${number(millis, 0)} ms` : millis < 60000 ? `${number(millis / 1000, 2)} s` : `${number(millis / 60000, 1)} min`;
}

function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  while (bytes >= 1024 && at < units.length - 1) { bytes /= 1024; at++; }
  return `${number(bytes, 1)} ${units[at]}`;
}

function speak(which) {
  language = which;
  words = WORDS[which];
  document.documentElement.lang = which === "pt" ? "pt-BR" : "en";
  document.querySelectorAll("[data-t]").forEach(one => { one.textContent = words[one.dataset.t]; });
  document.querySelectorAll("[data-t-label]").forEach(one => one.setAttribute("aria-label", words[one.dataset.tLabel]));
  by("en").setAttribute("aria-pressed", String(which === "en"));
  by("pt").setAttribute("aria-pressed", String(which === "pt"));
  state.shown = {};
  by("plan").hidden = true;
  by("live").replaceChildren(...state.events.map(lived));
  show();
}

/** Whether this is another than what was drawn there last; what did not change is left, so that focus and selection stay. */
function changed(what, value) {
  const text = JSON.stringify(value);
  if (state.shown[what] === text) return false;
  state.shown[what] = text;
  return true;
}

function show() {
  const now = state.cluster;
  if (now) {
    by("cluster").textContent = now.cluster;
    document.title = `${now.cluster} · Prontuário HA`;
    const alive = !stale();
    by("link").className = alive ? "dot on" : "dot";
    by("seen").textContent = alive ? words.seen(now.self, time(state.answeredAt)) : words.lost(time(state.answeredAt));
  }
  showVerdict();
  if (now && changed("nodes", now.nodes)) showNodes(now);
  if (now && now.record && changed("planned for", [now.record.epoch, now.record.transition, now.record.inSync])) by("plan").hidden = true;
  if (now && changed("facts", [now.record, now.takeover, now.forecastMillis])) showFacts(now);
  if (now && changed("troubles", troubles(now))) showTroubles(troubles(now));
  if (now && changed("targets", [now.nodes.map(one => one.node), now.record && now.record.primaryNode])) showTargets(now);
  if (state.history && changed("history", state.history)) showHistory(state.history);
  const paused = now && now.record && now.record.paused;
  by("pause").hidden = !!paused;
  by("resume").hidden = !paused;
  by("read-only").hidden = state.allowed;
  ["switchover", "pause", "resume"].forEach(id => { by(id).disabled = !state.allowed; });
}

const stale = () => Date.now() - state.answeredAt > 3 * POLL;

function troubles(now) {
  const all = [];
  if (!now.storeReached) all.push({ node: now.self, what: words.storeAway });
  now.nodes.forEach(one => {
    if (!one.present) all.push({ node: one.node, what: words.absent });
    else if (one.leaving) all.push({ node: one.node, what: words.left });
    else if (!one.said) all.push({ node: one.node, what: words.noWord });
    else one.said.troubles.forEach(what => all.push({ node: one.node, what, english: true }));
    if (one.refusal) all.push({ node: one.node, what: one.refusal, english: true });
  });
  return all;
}

/** What a person needs to know in five seconds: how bad, as a colour, a sign and words. */
function verdict() {
  const now = state.cluster;
  if (!now) return state.answeredAt === 0 && state.tried ? ["bad", "✕", words.noAnswer, ""] : ["unknown", "?", words.asking, ""];
  if (stale()) return ["bad", "✕", words.noAnswer, words.noAnswerMore];
  const record = now.record;
  if (!record) return now.storeReached ? ["bad", "✕", words.noRecord, words.noRecordMore] : ["bad", "✕", words.noAnswer, words.storeAway];
  if (record.transition) {
    const to = record.primary === record.transition.from ? "…" : record.primary;
    return ["busy", "⟳", words[record.transition.kind], `${words.under(record.transition.from, to)}: ${record.transition.reason}`];
  }
  const primary = now.nodes.find(one => one.node === record.primaryNode);
  const name = record.primaryNode;
  if (!primary || !primary.present || (primary.said && !primary.said.servesAsPrimary)) return ["bad", "✕", words.closed, words.closedMore(name)];
  if (!primary.said) return ["warn", "!", words.unknown, words.unknownMore(name)];
  const able = now.takeover.able.join(", ");
  if (now.takeover.obstacle === "PAUSED") {
    const until = record.pausedUntil && new Date(record.pausedUntil).toLocaleString(document.documentElement.lang);
    return ["warn", "!", words.pausedHead, words.nobodyMore(name, until ? words.pausedUntil(until) : words.obstacle.PAUSED)];
  }
  if (now.takeover.obstacle !== "NONE") return ["warn", "!", words.nobody, words.nobodyMore(name, words.obstacle[now.takeover.obstacle])];
  if (troubles(now).length > 0) return ["warn", "!", words.look, words.lookMore(name, able)];
  return ["good", "✓", words.well, words.wellMore(name, able, now.forecastMillis && duration(now.forecastMillis))];
}

function showVerdict() {
  const [mood, mark, headline, subline] = verdict();
  if (changed("verdict", [mood, mark, headline, subline])) {
    by("verdict").className = mood;
    by("mark").textContent = mark;
    by("headline").textContent = headline;
    by("subline").textContent = subline;
  }
  const transition = state.cluster && state.cluster.record && state.cluster.record.transition;
  by("clock").hidden = !transition;
  if (transition) by("clock").textContent = `${number(Math.max(0, Date.now() + state.skew - Date.parse(transition.startedAt)) / 1000, 1)} s`;
}

function role(now, one) {
  if (!one.present) return [words.absent, "amiss"];
  if (one.leaving) return [words.left, "amiss"];
  if (one.role === "WITNESS") return [words.witness, ""];
  if (one.role === "CLIENT") return [words.client, ""];
  if (one.primary) return [now.record && !now.record.active ? words.nominee : words.primary, one.condition === "RUNNING" ? "primary" : "amiss"];
  if (one.certified) return [words.certified, one.condition === "RUNNING" ? "certified" : "amiss"];
  return [one.mode === "STANDBY" ? words.standby : words.old, "amiss"];
}

function behind(now, one) {
  const primary = now.nodes.find(other => other.primary && other.said);
  const seen = primary && primary.said.standbys.find(standby => standby.node === one.node);
  const own = one.said && one.said.replay;
  const lag = seen || own;
  return lag ? (lag.bytes === 0 ? words.noLag : `${size(lag.bytes)} · ${duration(lag.millis)}`) : "–";
}

function showNodes(now) {
  const order = one => (one.primary ? 0 : one.role === "DATA" ? 1 : one.role === "WITNESS" ? 2 : 3);
  const all = [...now.nodes].sort((a, b) => order(a) - order(b) || a.node.localeCompare(b.node));
  by("nodes").replaceChildren(...all.map(one => {
    const [title, look] = role(now, one);
    const facts = element("dl", {});
    const fact = (name, value) => facts.append(element("dt", {}, name), element("dd", {}, value));
    if (one.condition) {
      fact(words.server, `${words.condition[one.condition] || one.condition} ${words.mode[one.mode] || ""}`);
      if (!one.primary) fact(words.lag, behind(now, one));
      fact(words.copy, `${one.copy || "–"} · ${words.timeline.toLowerCase()} ${one.timeline}`);
      if (one.detail) fact(words.data, said(one.detail));
    }
    if (one.activity) fact(words.doing, said(one.activity));
    const tags = element("ul", { class: "tags" });
    const tag = (text, mood) => tags.append(element("li", { class: `tag ${mood || ""}` }, text));
    if (one.present && !one.leaving) {
      if (!one.said) tag(words.noWord, "bad");
      else {
        const health = one.said.health;
        tag(words.health[health] || health, health === "HEALTHY" ? "good" : health === "DEGRADED" ? "warn" : "bad");
        if (one.said.coordinating) tag(words.coordinates);
        one.tags.forEach(text => tag(text));
        if (!one.said.storeReached) tag(words.lostStore, "bad");
        one.said.checks.filter(check => check.standing !== "OK").forEach(check => tag(`${check.check}: ${check.detail}`, check.standing === "FAILED" ? "bad" : "warn"));
      }
    }
    return element("li", { class: `node ${look}`, "data-node": one.node },
      element("header", {}, element("h3", {}, one.node), element("span", { class: "role" }, title)), facts, tags);
  }));
}

function showFacts(now) {
  const record = now.record;
  if (!record) { by("facts").replaceChildren(); return; }
  const fact = (name, value) => element("div", {}, element("dt", {}, name), element("dd", {}, value));
  by("facts").replaceChildren(
    fact(words.takeover, now.takeover.obstacle === "NONE" ? now.takeover.able.join(", ") : words.none),
    fact(words.forecast, now.forecastMillis === null ? words.noForecast : duration(now.forecastMillis)),
    fact(words.epoch, record.epoch), fact(words.timeline, record.timeline), fact(words.durability, record.durability));
}

function showTroubles(all) {
  by("troubles-box").hidden = all.length === 0;
  by("troubles").replaceChildren(...all.map(one => element("li", {}, element("b", {}, one.node), ": ", one.english ? said(one.what) : one.what)));
}

function showTargets(now) {
  const before = by("target").value;
  const able = now.nodes.filter(one => one.role === "DATA" && (!now.record || one.node !== now.record.primaryNode));
  by("target").replaceChildren(...able.map(one => element("option", { value: one.node }, one.node)));
  if (able.some(one => one.node === before)) by("target").value = before;
}

function lived(event) {
  return element("li", { class: event.kind }, element("time", { datetime: event.at, title: event.node }, preciseTime(event.at)),
    element("span", { class: "kind" }, words.kinds[event.kind] || event.kind), said(event.message));
}

function preciseTime(at) {
  const date = new Date(at);
  return `${time(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function happened(event) {
  state.events.unshift(event);
  state.events.length = Math.min(state.events.length, SHOWN);
  const row = lived(event);
  row.classList.add("fresh");
  by("live").prepend(row);
  while (by("live").children.length > SHOWN) by("live").lastElementChild.remove();
  by("quiet").hidden = true;
  soon("cluster", 30, refreshCluster);
  if (event.kind === "STEP" || event.kind === "STATE") [500, 2500, 6000].forEach((after, i) => soon(`history${i}`, after, refreshHistory));
}

function showHistory(all) {
  by("no-history").hidden = all.length > 0;
  const open = new Set([...by("history").children].filter(one => one.open).map(one => one.dataset.key));
  const fresh = by("history").children.length === 0;
  by("history").replaceChildren(...all.map((one, i) => {
    const key = `${one.epoch}-${one.id}`;
    const details = element("details", { "data-key": key }, ...transition(one));
    details.open = fresh ? i === 0 : open.has(key) || (i === 0 && !open.has(key) && key !== state.newest);
    return details;
  }));
  state.newest = all.length > 0 ? `${all[0].epoch}-${all[0].id}` : "";
}

function transition(one) {
  const steps = one.steps.map(step => ({ ...step, from: Date.parse(step.started), after: AFTERWARDS.has(step.step) }));
  const first = steps.length ? Math.min(...steps.map(step => step.from)) : 0;
  const counted = steps.filter(step => !step.after);
  const span = Math.max(1, ...counted.map(step => step.from - first + step.tookMillis));
  const begun = steps.some(step => step.step === "detected" || step.step === "stopped");
  const opened = begun ? steps.filter(step => step.step === "opened").map(step => step.from - first + step.tookMillis).pop() : undefined;
  const undone = steps.some(step => step.step === "undone");
  const summary = element("summary", {}, element("b", {}, words.epochOf(one.epoch)), element("span", {}, undone ? words.undone : opened === undefined ? "" : words.clients(duration(opened))),
    element("span", {}, [...new Set(steps.filter(step => step.step === "promoted" || step.step === "nominated").map(step => step.step === "promoted" ? step.node : ""))].filter(Boolean).map(name => `→ ${name}`).join(" ")),
    element("span", { class: "when" }, steps.length ? moment(first) : ""));
  const head = ["step", "node", "began", "took", "chart", "outcome"].map(name => element("th", { scope: "col", class: name === "began" || name === "took" ? "number" : null }, words[name]));
  const rows = steps.map(step => {
    const well = step.outcome.startsWith("done") || step.outcome === "already_so";
    const bar = element("div", { class: `bar ${well ? "" : "failed"} ${step.after ? "after" : ""}` });
    const left = Math.min(99, 100 * (step.from - first) / span);
    bar.style.left = `${left}%`;
    bar.style.width = `${Math.max(0, Math.min(100 - left, 100 * step.tookMillis / span))}%`;
    return element("tr", {}, element("td", {}, words.steps[step.step] || step.step), element("td", {}, step.node),
      element("td", { class: "number" }, `+${duration(step.from - first)}`), element("td", { class: "number" }, duration(step.tookMillis)),
      element("td", { class: "chart", "aria-hidden": "true" }, element("div", { class: "track" }, bar)),
      element("td", {}, well ? "" : `${step.outcome} `, said(step.detail)));
  });
  return [summary, element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows))];
}

// --- asking ----------------------------------------------------------------------------------------------------------

const timers = {};
function soon(what, millis, act) {
  clearTimeout(timers[what]);
  timers[what] = setTimeout(act, millis);
}

async function asked(path) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(3000) });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
}

async function refreshCluster() {
  try {
    const now = await asked("cluster");
    state.cluster = now;
    state.answeredAt = Date.now();
    state.skew = Date.parse(now.at) - Date.now();
  } catch (failure) {
    state.tried = true;
  }
  show();
}

async function refreshHistory() {
  try {
    const read = await asked("history?last=10");
    if (!read.read) { soon("first", 500, refreshHistory); return; }
    state.history = read.transitions;
    show();
  } catch (failure) {
    // The state above says that this node does not answer.
  }
}

function listen() {
  const source = new EventSource("events");
  const take = message => happened(JSON.parse(message.data));
  ["STATE", "DUTY", "STEP", "ALARM"].forEach(kind => source.addEventListener(kind, take));
  source.onopen = () => { document.body.dataset.listening = "yes"; };
  source.onerror = () => {
    document.body.dataset.listening = "no";
    // The browser tries again by itself, but not when it was refused because as many listen as may.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
  };
}

// --- acting ----------------------------------------------------------------------------------------------------------

function answer(text, mood) {
  by("answer").textContent = text;
  by("answer").className = `answer ${mood || ""}`;
}

async function dryRun() {
  answer("");
  try {
    showPlan(await asked(`plan?to=${encodeURIComponent(by("target").value)}`));
  } catch (failure) {
    answer(failure.message || words.failed, "bad");
  }
}

function showPlan(plan) {
  by("plan-title").textContent = words.planFrom(plan.from, plan.to, plan.possible);
  by("conditions").replaceChildren(...plan.preconditions.map(one => element("li", { class: one.holds ? "yes" : "no" },
    element("b", {}, one.holds ? "✓" : "✕"), element("span", {}, said(one.what), " ", element("span", { class: "evidence", lang: "en" }, `(${one.evidence})`)))));
  by("planned").replaceChildren(...plan.steps.map(step => element("tr", {}, element("td", {}, words.steps[step.step] || step.step), element("td", {}, step.where),
    element("td", { lang: "en" }, step.what), element("td", { class: "number", title: step.basis }, step.expectedMillis === null ? "–" : duration(step.expectedMillis)))));
  by("plan").hidden = false;
}

/** Asks for a confirmation, and for the token when it is not known yet; then acts. */
function confirm(title, text, typed, go, path) {
  by("confirm-title").textContent = title;
  by("confirm-text").textContent = text;
  by("go").textContent = go;
  by("typed-box").hidden = !typed;
  by("typed-label").textContent = typed ? words.typeNode(typed) : "";
  ["typed", "reason", "token"].forEach(id => { by(id).value = ""; });
  by("token-box").hidden = state.token !== "";
  const ready = () => (!typed || by("typed").value === typed) && (state.token !== "" || by("token").value !== "");
  const update = () => { by("go").disabled = !ready(); };
  by("confirm").oninput = update;
  by("confirm").onkeydown = event => {
    if (event.key === "Enter" && event.target.tagName === "INPUT") {
      // Otherwise the same key would press the button that has the focus once the dialog is closed, and open it again.
      event.preventDefault();
      if (ready()) by("go").click();
    }
  };
  by("go").onclick = () => {
    if (!ready()) return;
    state.token = state.token || by("token").value;
    const reason = by("reason").value;
    by("token").value = "";
    by("confirm").close();
    act(reason ? `${path}${path.includes("?") ? "&" : "?"}reason=${encodeURIComponent(reason)}` : path);
  };
  update();
  by("confirm").showModal();
}

async function act(path) {
  answer(words.working);
  try {
    const reply = await fetch(path, { method: "POST", headers: { Authorization: `Bearer ${state.token}` } });
    if (reply.status === 401) {
      state.token = "";
      answer(words.wrongToken, "bad");
      return;
    }
    answer((await reply.text()).trim(), reply.ok ? "good" : "bad");
  } catch (failure) {
    answer(words.failed, "bad");
  }
  refreshCluster();
  refreshHistory();
}

by("en").addEventListener("click", () => speak("en"));
by("pt").addEventListener("click", () => speak("pt"));
by("dry-run").addEventListener("click", dryRun);
by("cancel").addEventListener("click", () => by("confirm").close());
by("switchover").addEventListener("click", () => {
  const to = by("target").value;
  confirm(words.askSwitchover(to), words.askSwitchoverMore, to, words.goSwitchover, `switchover?to=${encodeURIComponent(to)}`);
});
by("pause").addEventListener("click", () => confirm(words.askPause, words.askPauseMore, "", words.goPause, "pause"));
by("resume").addEventListener("click", () => confirm(words.askResume, words.askResumeMore, "", words.goResume, "resume"));

speak(language);
asked("acts").then(may => { state.allowed = may.allowed; show(); }, () => show());
listen();
refreshCluster();
refreshHistory();
setInterval(() => { if (!document.hidden) refreshCluster(); }, POLL);
setInterval(showVerdict, 100);
