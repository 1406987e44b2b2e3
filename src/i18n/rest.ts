import { type Both, both, same } from './both.ts'
import { metric } from './metric.ts'

/** What REST, its documentation, health and metrics say. */
export const rest = {
  title: same('Conferente'),
  description: both(
    'Divergências de um data warehouse financeiro: o que foi encontrado, o que se decidiu e o que foi corrigido. ' +
      'Datas são dias no fuso da agenda, ambas incluídas; valores são em BRL. Todo erro é um problem document (RFC 9457).',
    'Wrong entries in a financial data warehouse: what was found, what was decided, what was corrected. ' +
      'Dates are days in the time zone of the schedule, both included; amounts are in BRL. Every error is a problem document (RFC 9457).',
  ),
  bearer: both(
    'Um token de conferente token, ou do single sign-on.',
    'A token from conferente token, or from single sign-on.',
  ),
  cookie: both(
    'O acesso de quem usa a página: o cookie que ela cria e que só o navegador envia. Sem TLS ele se chama conferente.',
    'The sign-in of people who use the page: a cookie that only the browser sends. Without TLS it is called conferente.',
  ),
  tags: {
    divergencias: both(
      'O que foi encontrado, e o que as pessoas decidiram.',
      'What was found, and what people decided.',
    ),
    auditoria: both('O que aconteceu, e por quem.', 'What happened, and by whom.'),
    periodos: both('Os meses com a contabilidade fechada.', 'The months whose books are closed.'),
    relatorios: both('Exportações e desempenho.', 'Exports and performance.'),
    metricas: both('Linhas planas para ferramentas de BI.', 'Flat rows for BI tools.'),
  },
  operation: {
    periodos: both('O que está fechado agora.', 'What is closed now.'),
    fecharPeriodo: both(
      'Fecha um mês, da empresa toda ou de uma filial: nada mais é gravado nele.',
      'Closes a month, of the whole company or of one branch: nothing more is written into it.',
    ),
    reabrirPeriodo: both('Reabre um mês fechado aqui.', 'Reopens a month that was closed here.'),
    divergencias: both(
      'Divergências, com filtros, em páginas com total.',
      'Findings, with filters, in pages with a total.',
    ),
    divergencia: both('Uma divergência.', 'One finding.'),
    processar: both(
      'Pede uma sessão, que um trabalhador executa. Com simular, a resposta já traz o resultado e nada fica gravado.',
      'Requests a session, which a worker runs. With simular, the answer already holds the result and nothing is kept.',
    ),
    aprovar: both(
      'Aprova correções e as faz. A resposta diz o que aconteceu com cada uma: pode pedir uma segunda pessoa, ser obsoleta ou falhar.',
      'Approves corrections and makes them. The answer says what became of each: it may need a second person, be obsolete or fail.',
    ),
    confirmar: both(
      'Confirma divergências que procedem e foram tratadas fora daqui. Elas são encerradas, contam como certas e não voltam enquanto a linha não mudar.',
      'Confirms findings that are real and were dealt with elsewhere. They close, count as right, and stay silent until the row changes.',
    ),
    planilha: both(
      'Recebe de volta uma planilha exportada (XLSX), com a coluna Decisão preenchida, e decide linha por linha. O SHA-256 do arquivo fica selado com as operações.',
      'Takes an exported spreadsheet (XLSX) with the column Decision filled in, and decides line by line. The SHA-256 of the file is sealed with the operations.',
    ),
    adiar: both(
      'Adia divergências: fora da fila até um dia, ou até que a linha mude. O status fica como está.',
      'Postpones findings: out of the queue until a given day, or until the row changes. The status stays the same.',
    ),
    encaminhar: both(
      'Encaminha divergências a uma pessoa ou a um papel. O status fica como está.',
      'Forwards findings to a person or to a role. The status stays the same.',
    ),
    comentar: both(
      'Registra um comentário nas divergências; não muda nada.',
      'Adds a comment to findings; changes nothing.',
    ),
    desfazer: both(
      'Desfaz um ato de quem pede (aprovação, rejeição, confirmação, valor digitado): a correção é revertida e as divergências voltam à fila.',
      "Undoes one of the caller's own acts (approval, rejection, confirmation, typed value): what it corrected is rolled back, and the findings wait again.",
    ),
    rejeitar: both(
      'Rejeita uma divergência; ela não volta enquanto a linha não mudar.',
      'Rejects a finding; it stays silent until the row changes.',
    ),
    operacoes: both('Operações auditadas, a mais recente primeiro.', 'Audited operations, latest first.'),
    sessoes: both(
      'Sessões, a mais recente primeiro, com o que cada regra fez.',
      'Sessions, latest first, with what each rule did.',
    ),
    exportar: both(
      'Divergências em CSV ou XLSX. Cada exportação é uma operação auditada, com o SHA-256 do arquivo.',
      'Findings as CSV or XLSX. Each export is an audited operation, with the SHA-256 of the file.',
    ),
    desempenho: both(
      'Desempenho de sessões e regras em um período; sem datas, nos últimos 30 dias.',
      'How sessions and rules performed in a period; without dates, in the last 30 days.',
    ),
    resumo: both(
      'Divergências por dia, regra e status: uma lista de linhas planas, para Data Studio e Power BI.',
      'Findings by day, rule and status: a list of flat rows, for Data Studio and Power BI.',
    ),
  },
  parameter: {
    status: both('Um ou mais status.', 'One or more statuses.'),
    regra: both('Uma ou mais regras.', 'One or more rules.'),
    ate: both(
      'Dia em que voltam à fila; null: até que a linha mude; hoje: de volta à fila já.',
      'Day on which they come back to the queue; null: when the row changes; today: at once.',
    ),
    para: both(
      'A pessoa, pelo nome que aparece nas decisões, ou um papel: revisor, administrador.',
      'The person, by the name that decisions show, or a role: revisor, administrador.',
    ),
    comentario: both('O comentário.', 'The comment.'),
    nome: both('O nome do arquivo, para a auditoria.', 'The name of the file, for the audit trail.'),
    arquivo: both('A planilha, até 10 MB.', 'The spreadsheet, up to 10 MB.'),
    umaRegra: both('A regra.', 'The rule.'),
    tabela: both('A tabela da linha, com esquema.', 'Table of the row, schema-qualified.'),
    registro: both('A chave da linha, como texto.', 'Key of the row, as text.'),
    sessao: both('A sessão.', 'The session.'),
    confianca: both('Confiança, de 0 a 1, incluída.', 'Confidence, 0 to 1, included.'),
    valor: both('Valor em risco em BRL, incluído.', 'Amount at stake in BRL, included.'),
    dia: both('Dia, AAAA-MM-DD, incluído.', 'Day, YYYY-MM-DD, included.'),
    ordem: both(
      'Coluna da ordem; com - na frente, do maior ao menor.',
      'Column to sort by; with - in front, largest first.',
    ),
    pagina: both('A página, a partir de 1.', 'The page, starting at 1.'),
    porPagina: both('Linhas por página.', 'Rows per page.'),
    ids: both(
      'As divergências. As que já não podem ser decididas ficam como estão, com o motivo na resposta; as outras seguem.',
      'The findings. Those that can no longer be decided are left alone, and the answer says why; the others go through.',
    ),
    visto: both(
      'O campo visto de cada uma, como veio na lista, na ordem de ids. Só se aprova o que foi visto.',
      'The field visto of each, as the list gave it, in the order of ids. Only what you saw is approved.',
    ),
    operacao: both('A operação.', 'The operation.'),
    mes: both('Um dia qualquer do mês.', 'Any day of the month.'),
    ateMes: both('Com ele, todos os meses até o dele.', 'If given, all months up to that of this day.'),
    filial: both(
      'A filial, escrita como no data warehouse; sem ela, a empresa toda.',
      'The branch, as the warehouse writes it; without it, the whole company.',
    ),
    chave: both(
      'Uma chave que quem pede escolhe, como um UUID, uma para cada pedido. Repetido com a mesma chave em 24 horas, o pedido não é feito de novo: volta a resposta que já foi dada.',
      'A key that the sender chooses, such as a UUID, one for each request. A request that is sent again with the same key within 24 hours is not carried out again: the first answer comes back.',
    ),
    id: both('A divergência.', 'The finding.'),
    motivo: both(
      'O motivo, em uma frase para a auditoria; na query ou no corpo.',
      'The reason, in one sentence for the audit trail; in the query or in the body.',
    ),
    modo: both(
      'manual só detecta; auto detecta e corrige o que pode.',
      'manual only detects; auto also corrects what it may.',
    ),
    simular: both('Mostra o que mudaria e não muda nada.', 'Shows what would change and changes nothing.'),
    tipo: both('Um ou mais tipos de operação.', 'One or more kinds of operation.'),
    ator: both('Quem fez.', 'Who did it.'),
    formato: both('csv ou xlsx.', 'csv or xlsx.'),
    dialeto: both(
      'Do CSV: pt-BR abre no Excel brasileiro; rfc4180 é para programas.',
      'Dialect of CSV: pt-BR opens in a Brazilian Excel; rfc4180 is for programs.',
    ),
  },
  answer: {
    page: both('Uma página.', 'A page.'),
    finding: both('A divergência.', 'The finding.'),
    queued: both(
      'A sessão agendada; Location diz onde acompanhá-la.',
      'The session that was queued; Location says where to follow it.',
    ),
    simulated: both(
      'A sessão simulada, com o resumo do que mudaria.',
      'The simulated session, with a summary of what would change.',
    ),
    sheet: both(
      'O que houve com cada linha que tem decisão; as outras não são tocadas.',
      'What became of each line that has a decision; the others are not touched.',
    ),
    decided: both('As divergências como ficaram.', 'The findings as they are now.'),
    rows: both('As linhas.', 'The rows.'),
    report: both('O relatório.', 'The report.'),
    period: both('O período como ficou.', 'The period as it is now.'),
    file: both('O arquivo.', 'The file.'),
    problem: both(
      'O que está errado, onde, e o que estaria certo (RFC 9457).',
      'What is wrong, where, and what would be right (RFC 9457).',
    ),
  },
  place: {
    querystring: both('no parâmetro', 'in the parameter'),
    params: both('no caminho', 'in the path'),
    body: both('no corpo', 'in the body'),
    headers: both('no cabeçalho', 'in the header'),
  } as Record<string, Both<string>>,
  invalid: both(
    (place: string, name: string) => `valor não aceito ${place}${name === '' ? '' : ` ${name}`}`,
    (place, name) => `value not accepted ${place}${name === '' ? '' : ` ${name}`}`,
  ),
  unknownName: both(
    (place: string, name: string) => `nome desconhecido ${place}: ${name}`,
    (place, name) => `unknown name ${place}: ${name}`,
  ),
  missingName: both(
    (place: string, name: string) => `falta ${name} ${place}`,
    (place, name) => `${name} is missing ${place}`,
  ),
  expected: {
    names: both(
      (names: string) => `São possíveis: ${names}.`,
      (names) => `Allowed: ${names}.`,
    ),
    type: both(
      (type: string) => `Deve ser do tipo ${type}.`,
      (type) => `Must be of type ${type}.`,
    ),
    format: both(
      (format: string) =>
        format === 'date' ? 'Deve ser uma data do calendário, AAAA-MM-DD.' : `Deve ter a forma ${format}.`,
      (format) =>
        format === 'date' ? 'Must be a date in the calendar, YYYY-MM-DD.' : `Must have the form ${format}.`,
    ),
    pattern: both('Não tem a forma esperada.', 'Does not have the expected form.'),
    limit: both(
      (comparison: string, limit: number) => `Deve ser ${comparison} ${limit}.`,
      (comparison, limit) => `Must be ${comparison} ${limit}.`,
    ),
    items: both(
      (limit: number, most: boolean) => `Deve ter ${most ? 'no máximo' : 'no mínimo'} ${limit} itens.`,
      (limit, most) => `Must have ${most ? 'at most' : 'at least'} ${limit} items.`,
    ),
    length: both(
      (limit: number, most: boolean) => `Deve ter ${most ? 'no máximo' : 'no mínimo'} ${limit} caracteres.`,
      (limit, most) => `Must have ${most ? 'at most' : 'at least'} ${limit} characters.`,
    ),
    unique: both('Cada item só uma vez.', 'Each item only once.'),
  },
  unavailableHint: both('/readyz diz quando volta.', '/readyz says when it is back.'),
  exportReason: both('exportação pela API', 'export through the API'),
  tooManyExports: both(
    'exportações demais ao mesmo tempo; espere uma acabar',
    'too many exports at once; wait for one to end',
  ),
  method: both(
    (method: string, path: string) => `${path} não aceita ${method}`,
    (method, path) => `${path} does not accept ${method}`,
  ),
  page: {
    title: same('Conferente: API'),
    wanted: both(
      'A documentação mostra o que há aqui; por isso só aparece para quem entrou.',
      'The documentation shows what is here, so only people who have signed in see it.',
    ),
    signIn: both('Entrar', 'Sign in'),
    programs: both(
      'Se você entrar em outra aba, recarregue esta página. Programas a obtêm em /api/docs/json, com o cabeçalho Authorization: Bearer e um token de: conferente token',
      'If you sign in on another tab, reload this page. Programs get it from /api/docs/json, with the header Authorization: Bearer and a token from: conferente token',
    ),
  },
  notReady: both(
    (parts: string) => `não está pronto: ${parts}`,
    (parts) => `not ready: ${parts}`,
  ),
  part: {
    banco: both('o banco de dados não responde', 'the database does not answer'),
    migracoes: both(
      'as migrações do banco não são as desta versão',
      "the database's migrations are not those of this release",
    ),
    trabalhador: both('nenhum trabalhador está vivo', 'no worker is alive'),
    sessao: both('a última sessão terminou há tempo demais', 'the last session ended too long ago'),
    correio: both('mensagens esperam demais ou falharam', 'messages wait too long or have failed'),
  } as Record<string, Both<string>>,
  metric,
}
