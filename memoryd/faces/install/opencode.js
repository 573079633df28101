// memoryd: hands the events of opencode's sessions to memoryd's daemon, and does nothing where it does not answer at once.
// `memoryd install opencode --hooks` wrote this file, `memoryd uninstall opencode` removes it.
import { request } from "node:http"
import { homedir, platform } from "node:os"
import { join } from "node:path"

const MILLISECONDS = 350
const SHORTEST = 2000
const without = process.env.MEMORYD_HOOKS ?? ""
const data = platform() === "darwin" ? join(homedir(), "Library/Application Support") : process.env.XDG_DATA_HOME || join(homedir(), ".local/share")
const socketPath = join(process.env.MEMORYD_HOME || "@HOME@" || join(data, "memoryd"), "daemon.sock")

function tell(event) {
  if (without === "off") return Promise.resolve({})
  return new Promise((resolve) => {
    const left = without.replace(/[^a-z,-]/g, "")
    const asked = request({
      socketPath, method: "POST", path: `/v1/hooks/opencode${left ? `?without=${left}` : ""}`,
      headers: { "content-type": "application/json", host: "localhost" },
    })
    const end = setTimeout(() => { asked.destroy(); resolve({}) }, MILLISECONDS)
    const done = (found) => { clearTimeout(end); resolve(found) }
    asked.on("error", () => done({}))
    asked.on("response", (answer) => {
      let text = ""
      answer.setEncoding("utf8")
      answer.on("data", (part) => { text += part })
      answer.on("error", () => done({}))
      answer.on("end", () => {
        try { done(answer.statusCode === 200 ? JSON.parse(text) : {}) } catch { done({}) }
      })
    })
    asked.end(JSON.stringify(event))
  })
}

export const Memoryd = async ({ directory }) => {
  const waiting = new Map()
  const calls = new Map()
  const keep = (session, found) => {
    if (found.context) waiting.set(session, [...(waiting.get(session) ?? []), found.context])
  }
  return {
    event: async ({ event }) => {
      const session = event.properties?.info?.id ?? event.properties?.sessionID
      const kind = { "session.created": "started", "session.compacted": "compacted", "session.deleted": "ended" }[event.type]
      if (kind && session) keep(session, await tell({ event: kind, session, cwd: directory }))
      if (kind === "ended") waiting.delete(session)
    },
    "chat.message": async ({ sessionID }, { parts }) => {
      const text = (parts ?? []).filter((part) => part.type === "text" && !part.synthetic).map((part) => part.text).join("\n")
      keep(sessionID, await tell({ event: "prompted", session: sessionID, cwd: directory, text }))
    },
    "tool.execute.before": async ({ tool, sessionID, callID }, { args }) => {
      calls.set(callID, args)
      if (!/^(edit|write|patch|task|memoryd_.*)$/.test(tool)) return
      keep(sessionID, await tell({ event: "using", session: sessionID, cwd: directory, tool, call: callID, args }))
    },
    "tool.execute.after": async ({ tool, sessionID, callID, args }, result) => {
      const given = args ?? calls.get(callID) ?? {}
      calls.delete(callID)
      if (/^(edit|write|patch|bash|grep)$/.test(tool)) {
        const output = typeof result.output === "string" && result.output.length > SHORTEST ? result.output : ""
        const found = await tell({ event: "used", session: sessionID, cwd: directory, tool, call: callID, args: given, output })
        if (typeof found.output === "string") result.output = found.output
        keep(sessionID, found)
      }
      const told = waiting.get(sessionID)
      if (told && typeof result.output === "string") {
        waiting.delete(sessionID)
        result.output += `\n\n${told.join("\n")}`
      }
    },
    "experimental.session.compacting": async ({ sessionID }, output) => {
      const found = await tell({ event: "compacting", session: sessionID, cwd: directory })
      if (found.context) output.context.push(found.context)
    },
  }
}
