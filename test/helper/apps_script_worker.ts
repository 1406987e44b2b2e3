// The thread in which a script runs. What is not here is not defined, so a call of what Google does not have is an error.
import { createContext, Script } from 'node:vm'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { Fetched, Manifest, Outcome } from './apps_script.ts'

const { code, manifest, port, arrived } = workerData as {
  code: string
  manifest: Manifest
  port: MessagePort
  arrived: Int32Array
}

class UserError extends Error {
  debug: string | undefined
}

const names = (...all: string[]) => Object.fromEntries(all.map((name) => [name, name]))
const FIELD_TYPES = names('YEAR_MONTH_DAY', 'TEXT', 'BOOLEAN', 'NUMBER', 'PERCENT', 'CURRENCY_BRL')
const AGGREGATIONS = names('AVG', 'COUNT', 'COUNT_DISTINCT', 'MAX', 'MIN', 'SUM', 'AUTO', 'NO_AGGREGATION')

/** An object whose setters remember what they were given, and can be chained. */
function builder<T extends object>(setters: readonly string[], rest: (set: Record<string, unknown>) => T): T {
  const set: Record<string, unknown> = {}
  const made = rest(set)
  for (const setter of setters) {
    const name = setter[3]?.toLowerCase() + setter.slice(4)
    Object.assign(made, {
      [setter]: (value: unknown) => {
        if (value === undefined) throw new Error(`${setter} was given nothing`)
        set[name] = value
        return made
      },
    })
  }
  return made
}

interface Field {
  described(): Record<string, unknown>
}

/** As the reference describes the schema of getSchema and getData. */
function field(concept: 'DIMENSION' | 'METRIC'): Field {
  return builder(['setId', 'setName', 'setDescription', 'setType', 'setAggregation'], (set) => ({
    described: () => ({
      name: set['id'],
      label: set['name'],
      dataType:
        { BOOLEAN: 'BOOLEAN', TEXT: 'STRING', YEAR_MONTH_DAY: 'STRING' }[String(set['type'])] ?? 'NUMBER',
      semantics: { conceptType: concept, semanticType: set['type'] },
      ...(set['aggregation'] !== undefined && { defaultAggregationType: set['aggregation'] }),
    }),
  }))
}

function fields(all: Field[] = []) {
  const add = (one: Field) => {
    all.push(one)
    return one
  }
  return {
    newDimension: () => add(field('DIMENSION')),
    newMetric: () => add(field('METRIC')),
    forIds: (ids: string[]) =>
      fields(
        ids.map((id) => {
          const found = all.find((one) => one.described()['name'] === id)
          if (!found) throw new Error(`no field ${id}`)
          return found
        }),
      ),
    build: () => all.map((one) => one.described()),
  }
}

function config() {
  const entries: Record<string, unknown>[] = []
  return builder(['setDateRangeRequired', 'setIsSteppedConfig'], (set) => ({
    newSelectSingle() {
      const options: unknown[] = []
      const select = builder(['setId', 'setName', 'setHelpText', 'setAllowOverride'], (own) => ({
        addOption(option: { set: unknown }) {
          options.push(option.set)
          return select
        },
        described: () => ({ type: 'SELECT_SINGLE', ...own, options }),
      })) as { addOption(option: { set: unknown }): unknown; described(): Record<string, unknown> }
      entries.push({ toJSON: select.described })
      return select
    },
    newOptionBuilder: () => builder(['setLabel', 'setValue'], (own) => ({ set: own })),
    build: () => ({ configParams: entries, ...set }),
  }))
}

const connector = {
  FieldType: FIELD_TYPES,
  AggregationType: AGGREGATIONS,
  getConfig: config,
  getFields: () => fields(),
  newSetCredentialsResponse: () =>
    builder(['setIsValid'], (set) => ({
      build: () => ({ errorCode: set['isValid'] ? 'NONE' : 'INVALID_CREDENTIALS' }),
    })),
  newUserError: () =>
    builder(['setText', 'setDebugText'], (set) => ({
      throwException() {
        const error = new UserError(String(set['text']))
        error.debug = set['debugText'] as string
        throw error
      },
    })),
}

const properties = new Map<string, string>()
const OPTIONS = ['headers', 'followRedirects', 'muteHttpExceptions']

const services = {
  DataStudioApp: { createCommunityConnector: () => connector },
  PropertiesService: {
    getUserProperties: () => ({
      setProperties(given: Record<string, string>) {
        for (const [name, value] of Object.entries(given)) properties.set(name, String(value))
      },
      getProperties: () => Object.fromEntries(properties),
      deleteProperty: (name: string) => void properties.delete(name),
    }),
  },
  Session: { getScriptTimeZone: () => manifest.timeZone },
  Utilities: {
    formatDate(date: Date, timeZone: string, format: string) {
      if (format !== 'yyyyMMdd') throw new Error(`the format ${format} is not known here`)
      return new Intl.DateTimeFormat('sv', { timeZone }).format(date).replaceAll('-', '')
    },
  },
  UrlFetchApp: { fetch: fetchNow },
}

/** By default a redirection is followed, and a status of failure is an exception. */
function fetchNow(url: string, options: Record<string, unknown> = {}) {
  const unknown = Object.keys(options).filter((name) => !OPTIONS.includes(name))
  if (unknown.length > 0) throw new Error(`UrlFetchApp: ${unknown} is not known here`)
  if (!manifest.urlFetchWhitelist.some((allowed) => url.startsWith(allowed))) {
    throw new Error(`Exception: ${url} is not on urlFetchWhitelist`)
  }
  const before = Atomics.load(arrived, 0)
  const { headers = {}, followRedirects = true, muteHttpExceptions = false } = options
  // A copy: what comes from the script's own realm may not be cloneable.
  port.postMessage({ url, headers: { ...(headers as object) }, followRedirects })
  Atomics.wait(arrived, 0, before)
  const { status, body, error } = (receiveMessageOnPort(port) as { message: Fetched }).message
  if (error !== undefined) throw new Error(`Exception: Address unavailable: ${url}`)
  if (status >= 400 && !muteHttpExceptions)
    throw new Error(`Exception: Request failed returned code ${status}`)
  return { getResponseCode: () => status, getContentText: () => body }
}

const context = createContext(services)
new Script(code, { filename: 'Code.gs' }).runInContext(context)

parentPort?.on('message', ({ name, argument }: { name: string; argument: unknown }) => {
  parentPort?.postMessage(outcome(name, argument))
})

function outcome(name: string, argument: unknown): Outcome {
  try {
    const value = (context[name] as (argument: unknown) => unknown)(argument)
    // What leaves for Looker Studio is JSON.
    return { value: value === undefined ? undefined : JSON.parse(JSON.stringify(value)) }
  } catch (error) {
    if (error instanceof UserError) return { userError: error.message, debug: error.debug }
    return { error: String(error) }
  }
}
