import { both } from './both.ts'

export const demo = {
  database: both(
    (name: string) => `criando o banco ${name}`,
    (name) => `creating database ${name}`,
  ),
  given: both(
    (name: string, host: string) => `a demonstração vai para o banco ${name} em ${host}`,
    (name, host) => `the demonstration goes into database ${name} on ${host}`,
  ),
  foreign: both(
    'o esquema dw deste banco não é da demonstração: ela nunca altera dados reais. Use outro banco, ou rode sem DATABASE_URL e PGHOST.',
    'schema dw of this database does not belong to the demo, which never touches real data. Use another database, or run without DATABASE_URL and PGHOST.',
  ),
  used: both(
    'este banco já tem sessões registradas, e a trilha de auditoria não se apaga. Use um banco novo, ou rode sem DATABASE_URL e PGHOST.',
    'this database has sessions on record, and the audit trail is never erased. Use a new database, or run without DATABASE_URL and PGHOST.',
  ),
  warehouse: both(
    '1. O data warehouse financeiro de uma montadora, sujo como os de verdade',
    "1. A car maker's finance warehouse, as dirty as real ones",
  ),
  generating: both(
    (rows: string, seed: string) => `gerando ${rows} lançamentos (semente ${seed})`,
    (rows, seed) => `generating ${rows} entries (seed ${seed})`,
  ),
  figures: both(
    (rows: string, from: string, to: string, amount: string, suppliers: string, branches: string) =>
      `${rows} lançamentos de ${from} a ${to}, somando ${amount}; ${suppliers} fornecedores, ${branches} filiais.`,
    (rows, from, to, amount, suppliers, branches) =>
      `${rows} entries from ${from} to ${to}, ${amount} in all; ${suppliers} suppliers, ${branches} branches.`,
  ),
  planted: both(
    (group: string, n: string) =>
      group === 'honesta'
        ? `  ${n} casos estranhos mas certos, que não devem ser "corrigidos"`
        : `  ${n} erros plantados para a regra ${group}`,
    (group, n) =>
      group === 'honesta'
        ? `  ${n} cases that look odd but are right, and must not be "corrected"`
        : `  ${n} errors planted for rule ${group}`,
  ),
  patterns: both(
    '2. A área de negócio cadastra seus padrões de trade marketing',
    '2. The business side registers its trade marketing patterns',
  ),
  patternsReason: both(
    'padrões da área de marketing (demonstração)',
    'patterns of the marketing department (demo)',
  ),
  patternsDone: both(
    (n: string) => `${n} padrões cadastrados; cada um é uma operação auditada.`,
    (n) => `${n} patterns registered, each an audited operation.`,
  ),
  manual: both(
    '3. Sessão manual: só detecta, nada é alterado',
    '3. A manual session: detects only, changes nothing',
  ),
  findings: both(
    'Algumas divergências, com a sua justificativa',
    'Some findings, each with its justification',
  ),
  decisions: both('4. Pessoas decidem', '4. People decide'),
  anaApproves: both('Ana confere o documento e aprova:', 'Ana checks the document and approves:'),
  anaRejects: both(
    'Ana vê que a sugestão está errada e rejeita:',
    'Ana sees that the proposal is wrong and rejects:',
  ),
  anaProposes: both(
    'Ana aprova uma de valor alto; falta outra pessoa:',
    'Ana approves one with a large amount; it needs another person:',
  ),
  brunoApproves: both('Bruno dá a segunda aprovação:', 'Bruno gives the second approval:'),
  approvalReason: both('conferido com o documento', 'checked against the document'),
  rejectionReason: both('o lançamento está certo como está', 'the entry is right as it is'),
  auto: both(
    '5. Sessão automática: corrige sozinha só o que é seguro',
    '5. An automatic session: corrects by itself only what is safe',
  ),
  grantReason: both('demonstração: ainda sem prova', 'demonstration: not yet proved'),
  granted: both(
    'Neste data warehouse as regras ainda não foram comprovadas: um administrador concede a elas um número limitado de correções.',
    'The rules are not yet proved on this warehouse: an administrator grants them a limited number of corrections.',
  ),
  rollback: both('6. Tudo pode ser desfeito, exatamente', '6. Everything can be undone, exactly'),
  rollbackReason: both('demonstração de reversão', 'demonstration of a rollback'),
  itemBack: both(
    (id: string) => `Ana desfaz a correção da divergência ${id}:`,
    (id) => `Ana rolls back the correction of finding ${id}:`,
  ),
  operationBack: both(
    (id: string, rows: string) => `Bruno desfaz a operação ${id} inteira (${rows} linhas):`,
    (id, rows) => `Bruno rolls back the whole of operation ${id} (${rows} rows):`,
  ),
  operationAgain: both(
    (id: string) => `Bruno desfaz a própria reversão (operação ${id}): as correções voltam:`,
    (id) => `Bruno rolls back the rollback itself (operation ${id}): the corrections return:`,
  ),
  history: both(
    (id: string) => `Tudo o que aconteceu com o lançamento ${id}:`,
    (id) => `Everything that happened to entry ${id}:`,
  ),
  score: both(
    '7. O placar, contra a verdade guardada à parte',
    '7. The score, against the truth, which was kept apart',
  ),
  scoring: both('comparando com a verdade', 'comparing with the truth'),
  further: both('Para ver mais', 'To look around'),
  furtherName: both('voce', 'you'),
  furtherPage: both(
    (port: string) => `no navegador: http://localhost:${port}/revisao, pelo link`,
    (port) => `in the browser: http://localhost:${port}/revisao, through the link`,
  ),
  took: both(
    (time: string) => `A demonstração levou ${time}.`,
    (time) => `The demo took ${time}.`,
  ),
}

export const score = {
  planted: both('plantados', 'planted'),
  found: both('encontrados', 'found'),
  recall: both('cobertura', 'recall'),
  precision: both('precisão', 'precision'),
  corrected: both('corrigidas', 'corrected'),
  precisionCorrected: both('precisão das corrigidas', 'precision of corrected'),
  harm: both('danos', 'harm'),
  legend: both(
    'cobertura: parte dos erros plantados que foi encontrada; precisão: parte das sugestões que estava certa; danos: lançamentos certos que foram alterados.',
    'recall: share of planted errors that were found; precision: share of proposals that were right; harm: right entries that were changed.',
  ),
  good: both('Nenhum dano.', 'No harm.'),
  nothing: both('Nenhum dano; mas também nada foi corrigido.', 'No harm; but nothing was corrected either.'),
  bad: both(
    (harm: string, precision: string) =>
      `Não está bom: ${harm} danos, precisão das correções ${precision} (é preciso zero danos e ao menos 99%).`,
    (harm, precision) =>
      `Not good: harm ${harm}, precision of the corrections ${precision} (it takes zero harm and at least 99%).`,
  ),
}
