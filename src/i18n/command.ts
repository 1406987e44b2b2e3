import { both } from './both.ts'

export const command = {
  demo: both(
    'mostra tudo num data warehouse de exemplo: sessão manual, aprovação, sessão automática, reversão, placar',
    'shows everything on an example warehouse: manual session, approval, automatic session, rollback, score',
  ),
  migrar: both(
    'cria ou atualiza o que o Conferente precisa no banco (papéis, esquemas, funções)',
    'brings the database to the current version (roles, schemas, functions)',
  ),
  preparar: both(
    'propõe, em SQL, a visão sobre uma tabela do data warehouse; não executa nada',
    'proposes, as SQL, a view over a table of the warehouse; runs nothing',
  ),
  diagnostico: both(
    'confere o contrato do data warehouse, linha por linha',
    'checks the warehouse contract, line by line',
  ),
  processar: both(
    'roda uma sessão: procura divergências e, no modo auto, corrige o que é seguro',
    'runs a session: finds divergences and, in mode auto, corrects what is safe',
  ),
  exportar: both(
    'exporta divergências para CSV ou XLSX, como operação auditada',
    'exports findings as CSV or XLSX, as an audited operation',
  ),
  decidir: both(
    'recebe de volta a planilha exportada, com a coluna Decisão preenchida, e decide linha por linha',
    'reads an exported spreadsheet with the column Decision filled in, and decides line by line',
  ),
  listar: both('lista divergências, as de maior valor primeiro', 'lists findings, the largest amounts first'),
  aprovar: both(
    'aprova correções propostas, que são feitas na hora; valores altos pedem duas pessoas',
    'approves proposed corrections, which are made at once; large amounts need two people',
  ),
  rejeitar: both(
    'rejeita divergências; elas não voltam enquanto o registro não mudar',
    'rejects findings; they stay silent until the row changes',
  ),
  confirmar: both(
    'confirma divergências que procedem e foram tratadas fora daqui; elas são encerradas e contam como certas',
    'confirms findings that are real and were dealt with elsewhere; they close, and count as right',
  ),
  adiar: both(
    'adia divergências: ficam fora da fila até um dia, ou até que o registro mude',
    'postpones findings: out of the queue until a given day, or until the row changes',
  ),
  encaminhar: both(
    'encaminha divergências a outra pessoa, ou a um papel',
    'forwards findings to another person, or to a role',
  ),
  comentar: both(
    'registra um comentário nas divergências; não muda nada',
    'adds a comment to findings; changes nothing',
  ),
  corrigir: both(
    'propõe outros valores para o registro de uma divergência; outra pessoa aprova',
    "proposes other values for a finding's row; another person approves",
  ),
  desfazer: both(
    'desfaz um ato seu: uma aprovação, rejeição, confirmação ou um valor digitado; as divergências voltam à fila',
    'undoes an act of yours: an approval, rejection, confirmation or typed value; the findings wait again',
  ),
  certificar: both(
    'mostra a amostra do que auto corrigiu no mês e quanto disso pode estar errado, em reais; registra o que você conferiu',
    'shows the sample of what auto corrected in a month and how much of it may be wrong, in BRL; records what you checked',
  ),
  arquivar: both(
    'exporta a trilha, prova o arquivo e tira do banco os meses antigos de fatos; a cadeia continua provada',
    'exports the trail, proves the file and takes old months of facts out of the database; the chain can still be proven',
  ),
  periodo: both('mostra, fecha ou reabre períodos', 'shows, closes or reopens periods'),
  periodoListar: both('mostra os meses fechados', 'shows the closed months'),
  periodoFechar: both(
    'fecha um mês: nada mais é gravado nele',
    'closes a month: nothing more is written into it',
  ),
  periodoReabrir: both('reabre um mês fechado', 'reopens a closed month'),
  excecoes: both(
    'mostra, declara ou revoga exceções: registros que uma pessoa declarou certos para uma regra',
    'shows, declares or revokes exceptions: rows that a person declared right for a rule',
  ),
  reabrir: both(
    'reabre divergências rejeitadas, revertidas, resolvidas ou que falharam',
    'reopens findings that were rejected, rolled back, resolved or failed',
  ),
  reverter: both(
    'desfaz correções exatamente: de divergências, de uma operação ou de uma sessão',
    'rolls back corrections exactly: of findings, of an operation or of a session',
  ),
  historico: both('mostra tudo o que aconteceu com um registro', 'shows everything that happened to a row'),
  sessoes: both('lista as sessões, a última primeiro', 'lists the sessions, the latest first'),
  verificar: both(
    'prova a trilha de auditoria, ou diz qual é o primeiro elo quebrado',
    'proves the audit trail, or names the first broken link',
  ),
  cancelar: both(
    'cancela uma sessão agendada ou em andamento',
    'cancels a session that is queued or under way',
  ),
  regras: both(
    'lista as regras, ou devolve a uma a correção automática',
    'lists the rules, or gives automatic correction back to one of them',
  ),
  avaliar: both(
    'mede uma regra num período passado: precisão, cobertura e calibração; não muda nada',
    'measures a rule over a past window: precision, coverage and calibration; changes nothing',
  ),
  padroes: both(
    'mostra ou salva os padrões de trade marketing',
    'shows or saves the trade marketing patterns',
  ),
  padroesListar: both('mostra os padrões', 'shows the patterns'),
  padroesSalvar: both(
    'salva um padrão, depois de mostrar que lançamentos ele alcança',
    'saves a pattern, after showing which entries it matches',
  ),
  categorias: both(
    'mostra ou define que categoria substituiu outra (renomeada, unificada, dividida)',
    'shows or says which category replaced another (renamed, merged, split)',
  ),
  categoriasListar: both('mostra as sucessoras', 'shows the successors'),
  categoriasSuceder: both(
    'define que, a partir de um mês, uma categoria passa a ser outra',
    'says that one category replaces another from a given month on',
  ),
  categoriasDesativar: both('desfaz uma sucessora', 'removes a successor'),
  notas: both(
    'lê as notas eletrônicas de uma pasta (NF-e, NFS-e e cancelamentos, em XML): confere esquema e assinatura e armazena as notas',
    'reads the electronic notes in a folder (NF-e, NFS-e and cancellations, in XML): checks schema and signature, and stores them',
  ),
  configurar: both(
    'lista as configurações, mostra uma, ou a altera',
    'lists the settings, shows one, or changes it',
  ),
  agendar: both(
    'mostra ou muda a agenda, e escreve o que mantém o serviço no ar',
    'shows or changes the schedule, and writes what keeps the service running',
  ),
  canais: both(
    'mostra, salva, testa ou desliga canais além do e-mail: webhook, Teams, Slack',
    'shows, saves, tests or switches off channels other than mail: webhook, Teams, Slack',
  ),
  canaisListar: both('mostra os canais', 'shows the channels'),
  canaisSalvar: both(
    'cria um canal, ou altera e liga um que já existe; endereço e segredo não são argumentos',
    'makes a channel, or changes an existing one and switches it on; address and secret are not arguments',
  ),
  canaisTestar: both('manda uma mensagem de teste', 'sends a test message'),
  canaisDesligar: both('desliga um canal', 'switches a channel off'),
  notificacoes: both(
    'lista os e-mails enviados e a enviar, ou envia os que esperam',
    'lists the mail sent and waiting, or sends what waits',
  ),
  trabalhar: both(
    'roda as sessões da fila e as da agenda, até ser encerrado',
    'runs queued and scheduled sessions until it is stopped',
  ),
  servir: both(
    'serve a API (GraphQL, REST, saúde, métricas) até ser encerrado',
    'serves the API (GraphQL, REST, health, metrics) until it is stopped',
  ),
  iniciar: both(
    'a API e o trabalhador num só processo, até ser encerrado',
    'the API and the worker in one process, until it is stopped',
  ),
  pessoas: both(
    'lista, registra e remove quem entra pela página, e diz que logins e tokens são de uma mesma pessoa',
    'lists, registers and removes the people who sign in on the page, and says which logins and tokens are one person',
  ),
  convite: both(
    'cria um link de uso único, de dez minutos, para entrar pela página',
    'makes a one-time link to sign in on the page, good for ten minutes',
  ),
  token: both(
    'emite, lista e revoga tokens de acesso à API',
    'issues, lists and revokes access tokens for the API',
  ),
}
