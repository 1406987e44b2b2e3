// A Data Studio community connector for Conferente's REST API. `clasp push` turns it into Code.gs. What people read is in
// Portuguese, like the data. Address and token are one credential, so somebody who edits a report cannot send the token elsewhere.

const cc = DataStudioApp.createCommunityConnector()
const { FieldType, AggregationType } = cc
const { SUM, AVG } = AggregationType

const PAGE_ROWS = 500
/** Apps Script ends a call after six minutes; for more rows use the summary, or PostgreSQL. */
const MAX_PAGES = 60

/** Each field: id, name, type, and for a metric how it is aggregated. */
const REPORTS = {
  resumo: {
    label: 'Resumo por dia, regra e status',
    fields: [
      ['dia', 'Dia', FieldType.YEAR_MONTH_DAY],
      ['regra', 'Regra', FieldType.TEXT],
      ['regra_descricao', 'O que a regra procura', FieldType.TEXT],
      ['tabela', 'Tabela', FieldType.TEXT],
      ['status', 'Status', FieldType.TEXT],
      ['aguarda_pessoa', 'Espera por uma pessoa', FieldType.BOOLEAN],
      ['quantidade', 'Divergências', FieldType.NUMBER, SUM],
      ['valor_em_risco', 'Valor em risco', FieldType.CURRENCY_BRL, SUM],
      // A mean of means would be wrong: divide this by quantidade.
      ['confianca_ponderada', 'Confiança × divergências', FieldType.NUMBER, SUM],
    ],
    rows: ({ startDate, endDate }) => ask('/api/v1/metricas/resumo', { de: startDate, ate: endDate }),
  },
  divergencias: {
    label: 'Divergências, uma por linha',
    fields: [
      ['id', 'Número', FieldType.TEXT],
      ['dia', 'Dia', FieldType.YEAR_MONTH_DAY],
      ['regra', 'Regra', FieldType.TEXT],
      ['tabela', 'Tabela', FieldType.TEXT],
      ['registro_id', 'Registro', FieldType.TEXT],
      ['status', 'Status', FieldType.TEXT],
      ['justificativa', 'Justificativa', FieldType.TEXT],
      ['valor_em_risco', 'Valor em risco', FieldType.CURRENCY_BRL, SUM],
      ['confianca', 'Confiança', FieldType.PERCENT, AVG],
    ],
    rows: ({ startDate, endDate }) => pages({ detectada_de: startDate, detectada_ate: endDate }),
  },
}

/** How a row of the API becomes the value of a field; fields that are not named are taken unchanged. */
const VALUES = {
  id: ({ id }) => String(id),
  dia: ({ dia, detectada_em }) => (dia === undefined ? dayOf(detectada_em) : dia.replaceAll('-', '')),
  confianca_ponderada: ({ confianca_media, quantidade }) => confianca_media * quantidade,
}

function getAuthType() {
  return { type: 'PATH_KEY' }
}

function setCredentials({ pathKey: { path, key } }) {
  const valid = /^https?:\/\//.test(path) && probe({ address: path, token: key }) === 200
  if (valid) PropertiesService.getUserProperties().setProperties({ address: path, token: key })
  return cc.newSetCredentialsResponse().setIsValid(valid).build()
}

/** Only a refused token makes us ask for another one; a server that does not answer comes back by itself. */
function isAuthValid() {
  const { address, token } = credentials()
  return Boolean(address && token) && probe({ address, token }) !== 401
}

function resetAuth() {
  for (const name of ['address', 'token']) PropertiesService.getUserProperties().deleteProperty(name)
}

function isAdminUser() {
  return false
}

function getConfig() {
  const config = cc.getConfig()
  const select = config.newSelectSingle().setId('relatorio').setName('O que mostrar')
  for (const [id, { label }] of Object.entries(REPORTS)) {
    select.addOption(config.newOptionBuilder().setLabel(label).setValue(id))
  }
  config.setDateRangeRequired(true)
  return config.build()
}

function getSchema({ configParams }) {
  return { schema: fieldsOf(reportOf(configParams)).build() }
}

function getData({ configParams, dateRange, fields }) {
  const report = reportOf(configParams)
  const ids = fields.map(({ name }) => name)
  const value = (row, id) => (VALUES[id] ? VALUES[id](row) : row[id])
  return {
    schema: fieldsOf(report).forIds(ids).build(),
    rows: report.rows(dateRange).map((row) => ({ values: ids.map((id) => value(row, id)) })),
  }
}

function reportOf(configParams) {
  return REPORTS[configParams?.relatorio ?? 'resumo'] ?? fail('Escolha de novo o que mostrar.')
}

function fieldsOf({ fields: wanted }) {
  const fields = cc.getFields()
  for (const [id, name, type, aggregation] of wanted) {
    const field = aggregation === undefined ? fields.newDimension() : fields.newMetric()
    field.setId(id).setName(name).setType(type)
    if (aggregation !== undefined) field.setAggregation(aggregation)
  }
  return fields
}

/** In the order of their numbers, so findings made meanwhile come last. */
function pages(filter) {
  const rows = []
  for (let pagina = 1; pagina <= MAX_PAGES; pagina += 1) {
    const page = ask('/api/v1/divergencias', { ...filter, ordem: 'id', pagina, por_pagina: PAGE_ROWS })
    rows.push(...page.itens)
    if (rows.length >= page.total || page.itens.length === 0) return rows
  }
  return fail('São divergências demais para um relatório: escolha menos dias, ou o resumo.')
}

/** The API writes times in the finance department's time zone (agenda.fuso), so their day is the day in all reports. */
function dayOf(instant) {
  return instant.slice(0, 10).replaceAll('-', '')
}

function credentials() {
  const { address, token } = PropertiesService.getUserProperties().getProperties()
  return { address, token }
}

/** Status of the smallest possible request, or 0 when nobody answers. */
function probe(to) {
  try {
    return request(to, '/api/v1/divergencias', { por_pagina: 1 }).getResponseCode()
  } catch {
    return 0
  }
}

function ask(path, query) {
  let response
  try {
    response = request(credentials(), path, query)
  } catch (error) {
    return fail('O Conferente não responde nesse endereço.', String(error))
  }
  const [status, body] = [response.getResponseCode(), response.getContentText()]
  if (status === 200) return JSON.parse(body)
  if (status === 401) return fail('O token não é mais aceito: reconecte a fonte de dados com outro.', body)
  if ([429, 503].includes(status)) return fail('O Conferente está ocupado; tente daqui a um minuto.', body)
  return fail(`O Conferente recusou o pedido (${status}).`, body)
}

/** A redirect would carry the token to wherever it points. */
function request({ address, token }, path, query) {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  return UrlFetchApp.fetch(`${address.replace(/\/+$/, '')}${path}?${search}`, {
    headers: { Authorization: `Bearer ${token}` },
    followRedirects: false,
    muteHttpExceptions: true,
  })
}

/** Only the person who deployed the connector sees the debug text. */
function fail(text, debug = text) {
  return cc.newUserError().setText(text).setDebugText(debug).throwException()
}
