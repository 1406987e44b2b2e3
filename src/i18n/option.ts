import { both } from './both.ts'

export const option = {
  witnessLink: both(
    'elo que uma mensagem guardada testemunha; com --selo',
    'link that an old message bears witness to; with --selo',
  ),
  witnessSeal: both('selo desse elo, como está na mensagem', 'seal of that link, as in the message'),
  unsent: both('só as não enviadas', 'only those not sent'),
  sendNow: both(
    'envia agora as que esperam; precisa de SMTP_URL',
    'sends waiting messages now; needs SMTP_URL',
  ),
  port: both(
    'porta em que o servidor escuta; 0 escolhe uma livre',
    'port to listen on; 0 chooses a free one',
  ),
  ruru: both(
    'página do GraphQL em /ruru e esquema aberto a todos; só para desenvolvimento',
    'a page for GraphQL at /ruru, and its schema open to all; for development only',
  ),
  inviteName: both('pessoa que entra', 'person who signs in'),
  inviteRole: both(
    'papel com que entra: leitor, revisor, operador ou administrador',
    'role that the person gets: leitor, revisor, operador or administrador',
  ),
  inviteSend: both(
    'envia o link ao endereço registrado da pessoa',
    "mails the link to the person's registered address",
  ),
  personName: both('pessoa a registrar, ou cujo registro muda', 'person to register or to change'),
  personAddress: both(
    'e-mail para onde links de entrada podem ir',
    'mail address to which sign-in links may go',
  ),
  personRemove: both('remove a pessoa e encerra os acessos dela', 'removes the person and ends all sign-ins'),
  identities: both(
    'lista os logins e tokens que são de uma pessoa de outro nome',
    'lists the logins and tokens that belong to a person known by another name',
  ),
  identityTie: both(
    'login ou nome de token que é de uma pessoa já conhecida por outro nome',
    'login or token name of a person who is known by another name',
  ),
  identityPerson: both('a pessoa de quem é o nome dado em --ligar', 'the person whose name --ligar gives'),
  identityUntie: both('desfaz uma ligação errada', 'undoes a tie that was a mistake'),
  personForget: both(
    'põe um pseudônimo no lugar do nome e dos endereços de quem saiu; não há volta',
    'replaces the names and addresses of somebody who has left with a pseudonym; there is no way back',
  ),
  personForgetDry: both(
    'com --esquecer, diz onde o nome está e nada muda',
    'with --esquecer, says where the name is and changes nothing',
  ),
  personReason: both(
    'motivo do registro, da mudança ou da remoção',
    'why the person is registered, changed or removed',
  ),
  tokenRole: both(
    'papel que o token dá: leitor, revisor, operador ou administrador',
    'role that the token gives: leitor, revisor, operador or administrador',
  ),
  tokenName: both(
    'pessoa ou ferramenta que o usa; é o nome que a auditoria registra',
    'person or tool that uses it; the name that goes into the audit trail',
  ),
  tokenValidity: both(
    'prazo: 12h, 90d (o normal), 6m, 1a; no máximo dois anos',
    'how long: 12h, 90d (the default), 6m, 1a; two years at most',
  ),
  tokenList: both('lista os tokens emitidos', 'lists the tokens that were issued'),
  tokenRevoke: both(
    'recusa este token de agora em diante; aceita também o jti de um token de login único',
    'refuses this token from now on; also takes one of single sign-on (jti)',
  ),
  tokenRevokePerson: both(
    'recusa todos os tokens que a pessoa recebeu até agora',
    'refuses all tokens issued to the person so far',
  ),
  tokenReason: both('por que é revogado', 'why it is revoked'),
  json: both('um documento JSON em stdout', 'one JSON document on stdout'),
  mode: both(
    'manual só detecta; auto detecta e corrige o que é seguro',
    'manual only detects; auto also corrects what is safe',
  ),
  from: both(
    'primeira data de lançamento, incluída; sem datas, o que foi carregado desde a última sessão',
    'first booking date, included; without dates: what was loaded since the last session',
  ),
  to: both('última data de lançamento, incluída', 'last booking date, included'),
  fromDay: both('primeira data de lançamento, incluída', 'first booking date, included'),
  evaluated: both('regra a avaliar', 'rule to back-test'),
  otherFunction: both(
    'outra versão da função da regra, para comparar',
    'another version of the rule’s function, to compare',
  ),
  figure: both('grava o diagrama de confiabilidade em SVG', 'writes the reliability diagram as SVG'),
  rules: both('só esta regra (pode repetir)', 'only this rule (may be repeated)'),
  simulateSheet: both(
    'diz o que aconteceria com cada linha, e não grava nada',
    'says what would become of each line, and writes nothing',
  ),
  simulate: both(
    'faz tudo de verdade, mostra o que mudaria e desfaz no fim',
    'does the real work, shows what would change, and undoes it at the end',
  ),
  status: both(
    (values: string) => `só as deste status: ${values} (sem ela, as que esperam uma pessoa)`,
    (values) => `only those with this status: ${values} (by default those that wait for a person)`,
  ),
  exportFormat: both(
    'csv ou xlsx; trilha: a auditoria inteira, que verificar --arquivo prova sem banco de dados',
    'csv or xlsx; trilha: the whole audit trail, which verificar --arquivo proves without a database',
  ),
  sinceWitness: both(
    'só o que veio depois da testemunha (--elo e --selo): conferir um dia leva o mesmo tempo, por mais longo que seja o histórico',
    'only what came after the witness (--elo and --selo): a day takes no longer than a day, however long the history',
  ),
  stampRoots: both(
    'certificados das autoridades de carimbo do tempo em que se confia (PEM)',
    'certificates of trusted time-stamping authorities (PEM)',
  ),
  archiveUntil: both(
    'último mês que vai para o arquivo, como 2024-10',
    'last month that goes to the archive, such as 2024-10',
  ),
  archiveFile: both(
    'arquivo da trilha exportada; sem ela, trilha-ate-AAAA-MM.jsonl',
    'file for the exported trail; by default trilha-ate-YYYY-MM.jsonl',
  ),
  archiveDelete: both(
    'apaga os meses do banco; sem ela, ficam no esquema audit_arquivo, que só administradores leem',
    'deletes the months from the database; without it they stay in schema audit_arquivo, which only administrators may read',
  ),
  archiveDry: both('só diz o que iria para o arquivo', 'only says what would be archived'),
  trailFile: both(
    'prova uma trilha exportada (exportar --formato trilha), sem banco de dados',
    'proves an exported trail (exportar --formato trilha), without a database',
  ),
  dialect: both(
    'do CSV: pt-BR (ponto e vírgula, vírgula decimal, dd/mm/aaaa; o padrão) ou rfc4180, para programas',
    'dialect of CSV: pt-BR (semicolons, decimal comma, dd/mm/yyyy; the default) or rfc4180, for programs',
  ),
  foundBy: both('só as encontradas por esta sessão', 'only those found by this session'),
  exportStatus: both(
    (values: string) => `só as deste status, pode repetir: ${values} (sem ela, todas)`,
    (values) => `only those with this status, may be repeated: ${values} (by default all)`,
  ),
  foundFrom: both(
    'só as encontradas pela primeira vez neste dia ou depois',
    'only those first found on this day or later',
  ),
  foundTo: both(
    'só as encontradas pela primeira vez neste dia ou antes',
    'only those first found on this day or earlier',
  ),
  sheet: both('a planilha XLSX, exportada e preenchida', 'the XLSX spreadsheet, exported and filled in'),
  file: both('arquivo a gravar; sem ela, stdout', 'file to write; by default stdout'),
  overwrite: both('substitui o arquivo, se já existe', 'replaces the file if it exists'),
  exportReason: both('para quê; fica na auditoria', 'what for; kept in the audit trail'),
  ruleFilter: both('só as desta regra', 'only those of this rule'),
  limit: both('no máximo tantas linhas (20)', 'at most this many rows (20)'),
  undone: both(
    'em vez disso, as correções que uma carga desfez, para quem cuida da origem',
    'shows instead the corrections that a load undid, for the owner of the source',
  ),
  detail: both('mostra também a justificativa de cada uma', 'also shows the justification of each'),
  ids: both('ids das divergências', 'ids of the findings'),
  id: both('id da divergência', 'id of the finding'),
  findings: both('ids das divergências', 'ids of the findings'),
  operation: both('id da operação', 'id of the operation'),
  session: both('id da sessão', 'id of the session'),
  sampledRight: both('esta correção da amostra está certa', 'this correction of the sample is right'),
  sampledWrong: both('esta correção da amostra está errada', 'this correction of the sample is wrong'),
  sampledFrom: both(
    'mostra, em CSV, tudo de onde a amostra foi sorteada',
    'prints, as CSV, everything that the sample was drawn from',
  ),
  month: both('mês, como 2026-10', 'month, such as 2026-10'),
  monthUntil: both('fecha também os meses até este', 'also closes all months up to this one'),
  branch: both(
    'só desta filial, escrita como no data warehouse; sem ela, da empresa toda',
    'only this branch, as the warehouse writes it; by default the whole company',
  ),
  categoryEnded: both(
    'categoria que acabou, escrita como nos lançamentos',
    'category that ended, as written in the ledger',
  ),
  categoryNow: both('categoria que a substitui', 'category that replaces it'),
  categorySince: both(
    'a nova vale a partir do mês deste dia (AAAA-MM-DD)',
    'the new one is valid from the month of this day on (YYYY-MM-DD)',
  ),
  successor: both('id da sucessora, como na lista', 'id of the successor, as in the list'),
  pattern: both(
    'o que o texto contém; maiúsculas e acentos não importam',
    'what the text contains; case and accents do not matter',
  ),
  patternField: both('onde se procura', 'where to look for it'),
  patternKind: both(
    'contem: em qualquer lugar; palavra: palavras inteiras; regex: expressão regular',
    'contem: anywhere; palavra: whole words; regex: regular expression',
  ),
  patternAction: both('incluir: é marketing; excluir: nunca é', 'incluir: is marketing; excluir: never is'),
  categorySeen: both(
    'você viu o que os padrões alcançam: muda trade_marketing.categoria mesmo que muitos lançamentos estejam em outra',
    'you have seen what the patterns match: changes trade_marketing.categoria even if many entries are booked elsewhere',
  ),
  patternSeen: both(
    'você viu o que o padrão alcança: salva mesmo que muitos lançamentos estejam em outra categoria',
    'you have seen what the pattern matches: saves it even if many entries are booked elsewhere',
  ),
  reason: both('o motivo; fica na auditoria', 'the reason; kept in the audit trail'),
  seen: both(
    'código visto de cada uma, na ordem dos ids, como listar mostra; a que mudou desde então fica como está. Num terminal não é preciso: as divergências são mostradas e você confirma. Fora dele, só é obrigatório onde alguém digitou valores',
    'code of what you saw of each finding, in the order of the ids, as listar shows it; a finding that has changed since is left alone. Not needed on a terminal: the findings are shown and you confirm. Elsewhere it is required only where somebody typed values',
  ),
  because: both(
    'erradas (conta contra a regra) ou outra-razao; num terminal, é perguntado',
    'erradas (counts against the rule) or outra-razao; on a terminal you are asked',
  ),
  postponeUntil: both(
    'dia em que volta à fila, AAAA-MM-DD; sem ela, até que o registro mude',
    'day on which they come back to the queue, YYYY-MM-DD; by default when the row changes',
  ),
  forwardTo: both(
    'a pessoa, pelo nome que aparece nas decisões, ou um papel: revisor, administrador',
    'the person, by the name that decisions show, or a role: revisor, administrador',
  ),
  comment: both('o comentário; fica na auditoria', 'the comment; kept in the audit trail'),
  exceptionFinding: both(
    'declara certo o registro desta divergência, para a regra dela',
    'declares the row of this finding right, for its rule',
  ),
  exceptionRule: both(
    'regra que não deve mais apontar o registro, mesmo sem divergência; com --registro',
    'rule that should no longer flag the row, even without a finding; with --registro',
  ),
  exceptionRow: both('chave do registro; com --regra', 'key of the row; with --regra'),
  exceptionUntil: both('último dia em que vale, AAAA-MM-DD', 'last day on which it is valid, YYYY-MM-DD'),
  exceptionRevoke: both(
    'revoga esta exceção: a próxima sessão volta a olhar o registro',
    'revokes this exception: the next session looks at the row again',
  ),
  exceptionAll: both('também as vencidas e as revogadas', 'also those that expired or were revoked'),
  reopenSession: both(
    'todas as revertidas que esta sessão tinha corrigido',
    'all that this session had corrected and that were rolled back',
  ),
  auto: both(
    'dá a esta regra a correção automática, provada ou com uma concessão; pede --motivo',
    'gives this rule automatic correction, if proved or with a grant; needs --motivo',
  ),
  grantedCorrections: both(
    'quantas correções ela pode fazer sem prova',
    'how many corrections it may make without proof',
  ),
  grantedValue: both('e até que valor ao todo, em reais', 'and up to what amount in all, in BRL'),
  reasonToSet: both(
    'o motivo; obrigatório para alterar, fica na auditoria',
    'the reason; required for a change, kept in the audit trail',
  ),
  value: both('coluna e seu valor certo (pode repetir)', 'column and its right value (may be repeated)'),
  table: both('tabela com esquema, como dw.lancamentos', 'schema-qualified table, such as dw.lancamentos'),
  recordId: both('chave do registro', 'key of the row'),
  key: both('nome da configuração; sem ele, todas', 'name of the setting; by default all of them'),
  newValue: both('novo valor; sem ele, mostra o atual', 'new value; without it, the current one is shown'),
  factTable: both(
    'tabela ou visão do data warehouse, com o esquema',
    'table or view of the warehouse, with its schema',
  ),
  view: both('nome da visão a criar (dw.lancamentos)', 'name of the view to create (dw.lancamentos)'),
  contractTable: both('relação a conferir (dw.lancamentos)', 'relation to check (dw.lancamentos)'),
  rows: both('quantos lançamentos gerar (500000)', 'how many entries to generate (500000)'),
  seed: both('a mesma semente gera os mesmos dados (42)', 'the same seed makes the same warehouse (42)'),
  cron: both(
    'minuto hora dia mês dia-da-semana, em números (0 7 * * *)',
    'minute hour day month weekday, in numbers (0 7 * * *)',
  ),
  zone: both(
    'fuso horário IANA em que a hora é lida (America/Sao_Paulo)',
    'IANA time zone in which the time is read (America/Sao_Paulo)',
  ),
  showSchedule: both(
    'só mostra a agenda e as próximas cinco execuções',
    'only shows the schedule and the next five runs',
  ),
  systemd: both(
    'escreve uma unidade systemd neste arquivo (- para stdout); não instala nada',
    'writes a systemd unit to this file (- for stdout); installs nothing',
  ),
  windows: both(
    'escreve uma tarefa do Agendador do Windows neste arquivo (- para stdout); não instala nada',
    'writes a Windows Task Scheduler task to this file (- for stdout); installs nothing',
  ),
  crontab: both(
    'escreve as linhas de crontab de quem roda sem trabalhador (- para stdout); não instala nada',
    'writes the crontab lines for those who run without a worker (- for stdout); installs nothing',
  ),
  stopWithin: both(
    'segundos para terminar ou devolver o que está em curso, depois do pedido de encerramento',
    'seconds to finish or hand back current work once it is told to stop',
  ),
  jobs: both('quantos trabalhos ao mesmo tempo neste processo', 'how many jobs at once in this process'),
}
