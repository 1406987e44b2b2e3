// Apps Script for tests: runs the text of a script as Google does, with stand-ins of the documented services that it uses.
// Its calls block, so it lives in a thread of its own; this side does the asking for UrlFetchApp.
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'

export interface Asked {
  readonly url: string
  readonly headers: Record<string, string>
  readonly followRedirects: boolean
}

export interface Fetched {
  readonly status: number
  readonly body: string
  readonly error?: string
}

/** What a function of the script returned, or the error that its user would see. */
export type Outcome =
  | { readonly value: unknown }
  | { readonly userError: string; readonly debug: string | undefined }
  | { readonly error: string }

export interface Manifest {
  readonly timeZone: string
  readonly urlFetchWhitelist: readonly string[]
}

export class AppsScript {
  readonly #worker: Worker
  readonly #requests: MessagePort
  /** Addresses that were asked for. */
  readonly asked: string[] = []

  constructor(code: string, manifest: Manifest) {
    const { port1, port2 } = new MessageChannel()
    const arrived = new Int32Array(new SharedArrayBuffer(4))
    this.#requests = port1
    this.#worker = new Worker(new URL('./apps_script_worker.ts', import.meta.url), {
      workerData: { code, manifest, port: port2, arrived },
      transferList: [port2],
      // Without tap's own hooks, which know nothing of threads.
      execArgv: [],
      env: {},
    })
    port1.on('message', async (request: Asked) => {
      this.asked.push(request.url)
      port1.postMessage(await ask(request))
      Atomics.add(arrived, 0, 1)
      Atomics.notify(arrived, 0)
    })
  }

  async call(name: string, argument?: unknown): Promise<Outcome> {
    const answer = Promise.withResolvers<Outcome>()
    this.#worker.once('message', answer.resolve)
    this.#worker.once('error', answer.reject)
    this.#worker.postMessage({ name, argument })
    try {
      return await answer.promise
    } finally {
      this.#worker.off('error', answer.reject)
    }
  }

  async close(): Promise<void> {
    this.#requests.close()
    await this.#worker.terminate()
  }
}

async function ask({ url, headers, followRedirects }: Asked): Promise<Fetched> {
  try {
    const response = await fetch(url, { headers, redirect: followRedirects ? 'follow' : 'manual' })
    return { status: response.status, body: await response.text() }
  } catch (error) {
    return { status: 0, body: '', error: String(error) }
  }
}
