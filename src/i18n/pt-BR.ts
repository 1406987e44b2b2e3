import type { SettingsProblem } from '../settings/settings.ts'
import { avaliar } from './avaliar.pt-BR.ts'
import { demo, score } from './demo.pt-BR.ts'
import { exportar } from './exportar.pt-BR.ts'
import { command, example, help, option } from './help.pt-BR.ts'
import { http } from './http.pt-BR.ts'
import { log } from './log.pt-BR.ts'
import { notificacoes } from './notificacoes.pt-BR.ts'
import { rest } from './rest.pt-BR.ts'
import { review } from './revisao.pt-BR.ts'
import { verificar } from './verificar.pt-BR.ts'

const PROBLEM = { missing: 'falta', malformed: 'está malformada', unknown: 'é desconhecida' }

const STOPPED = {
  roles:
    'Ficam no banco os papéis e os esquemas, e talvez parte das tabelas da fila (graphile_worker); mais nada.',
  queue:
    'Ficam no banco os papéis, os esquemas e as tabelas da fila (graphile_worker); a migração que falhou foi desfeita por inteiro.',
  migrations: 'Todas as migrações estão feitas; falta o que vem depois delas.',
}

export type Catalogue = typeof ptBR

export const ptBR = {
  help,
  command,
  option,
  example,
  demo,
  avaliar,
  verificar,
  notificacoes,
  exportar,
  score,
  http,
  rest,
  review,
  log,
  yesNo: (value: unknown): string => (value ? 'sim' : 'não'),
  usage: {
    seeHelp: 'Veja conferente --help, ou conferente COMANDO --help.',
    didYouMean: (nearest: string) => `Seria ${nearest}?`,
    unknownOption: (name: string) => `opção desconhecida: ${name}`,
    unknownCommand: (name: string) => `comando desconhecido: ${name}`,
    missingArgument: (name: string) => `falta o argumento ${name}`,
    optionMissingArgument: (flags: string) => `falta o valor da opção ${flags}`,
    missingOption: (flags: string) => `falta a opção obrigatória ${flags}`,
    conflict: (a: string, b: string) => `${a} não pode ser usada com ${b}`,
    excessArguments: 'argumentos demais',
    dateForm: (value: string) => `data mal escrita: ${value}; escreva AAAA-MM-DD, como 2026-10-31`,
    dateImpossible: (value: string) => `data impossível: ${value} não existe no calendário`,
    datesReversed: (from: string, to: string) =>
      `janela invertida: ${from} é depois de ${to}; a data de início vem antes, e ambas são incluídas`,
    integer: (value: string, least: number, most: number) =>
      `número inválido: ${value}; é preciso um inteiro de ${least} a ${most}`,
    id: (value: string) => `id inválido: ${value}; é preciso um inteiro positivo`,
    link: (value: string) => `elo inválido: ${value}; é preciso um inteiro desde 0, sem pontos`,
    seal: (value: string) => `selo inválido: ${value}; são 64 dígitos hexadecimais`,
    witnessBoth: '--elo e --selo vêm juntos, da mesma mensagem',
    oneOf: (value: string, values: string) => `valor inválido: ${value}; são possíveis: ${values}`,
    assignment: (value: string) => `valor mal escrito: ${value}; escreva coluna=valor`,
    unknownRule: (name: string, known: string) => `regra desconhecida: ${name}; existem: ${known}`,
    tokenOne: 'diga exatamente um: --papel com --nome, --listar, --revogar ou --revogar-pessoa',
    validity: (value: string, most: number) =>
      `prazo inválido: ${value}; escreva 12h, 90d, 6m ou 1a, no máximo ${most} dias`,
    unknownSetting: (key: string) =>
      `configuração desconhecida: ${key}; veja todas com conferente configurar`,
    exceptionOne:
      'diga uma só coisa: --declarar, --regra com --registro, --revogar ou --todas; --ate e --motivo vão só com quem declara ou revoga',
    unknownFinding: (id: string) => `divergência desconhecida: ${id}`,
    reopenOne: 'diga os ids, ou --sessao',
    autoBoth: '--auto e --motivo vêm juntos',
    rollbackOne: 'diga exatamente um: --divergencia, --operacao ou --sessao',
    demoNeedsEmbedded:
      '--demo usa o banco da demonstração, no servidor embutido; não combina com DATABASE_URL',
    demoTwice: 'o comando demo não aceita --demo',
  },
  error: {
    error: (message: string) => `erro: ${message}`,
    warning: (message: string) => `aviso: ${message}`,
    hint: (hint: string) => `Sugestão: ${hint}`,
    code: (code: string) => `Código: ${code}`,
    settings: 'erro: há variáveis de ambiente que não podem ser usadas',
    setting: ({ key, problem, expected }: SettingsProblem) =>
      `${key} ${PROBLEM[problem]}${expected ? `; ${problem === 'unknown' ? 'seria' : 'esperado'}: ${expected}` : ''}`,
    interrupted: 'interrompido; o que já estava confirmado permanece, o resto foi desfeito',
    sessionInterrupted: (id: string) =>
      `sessão ${id} interrompida e registrada como falhou; o que já estava confirmado permanece e pode ser revertido`,
    unreachable: 'não há banco de dados respondendo nesse endereço',
    unreachableHint: 'confira o endereço e a porta em DATABASE_URL, e se o servidor está no ar.',
    lost: 'a conexão com o banco caiu no meio do trabalho',
    lostHint:
      'o passo em curso foi desfeito por inteiro; rode o comando de novo: a próxima sessão encerra a interrompida e continua.',
    login: 'o banco recusou o usuário ou a senha',
    loginHint: 'confira usuário e senha em DATABASE_URL.',
    noDatabase: 'o banco de dados não existe',
    noDatabaseHint: 'crie-o (create database …) ou confira o nome em DATABASE_URL.',
    noDemoHint: 'rode antes: conferente demo',
    tooMany: 'o servidor não aceita mais conexões agora',
    notMigrated: 'este banco ainda não tem o Conferente, ou tem uma versão anterior',
    notMigratedHint: 'rode: conferente migrar',
    migrationRefused: 'o banco não foi migrado e ficou como estava; o impedimento está acima',
    forbidden: 'sem permissão para isto',
    forbiddenHint: (role: string) => `este comando pede o papel ${role}: grant ${role} to seu_usuario;`,
    cancelled: 'a consulta foi cancelada ou passou do tempo limite',
    readOnly: 'este banco só aceita leitura: é uma réplica (standby), ou está em modo somente leitura',
    readOnlyHint:
      'aponte DATABASE_URL para o servidor primário, ou promova este (select pg_promote()); conferente diagnostico e as listas funcionam aqui.',
    diskFull: 'o disco do servidor está cheio',
  },
  /** Printed before the database's own message, which is in Portuguese already. */
  code: {
    NC001: '',
    NC002: '',
    NC003: '',
    NC004: '',
    NC005: '',
    NC006: '',
    NC007: '',
    NC008: '',
    NC009: '',
    NC010: '',
    NC011: '',
    NC012: '',
    NC013: '',
    NC014: '',
    NC015: '',
    NC016: '',
    NC017: '',
    NC018: '',
    NC019: '',
    NC020: '',
    NC031: '',
    NC032: '',
    NC901: '',
    NC902: '',
    NC903: '',
  },
  embedded: {
    disk_full: 'o disco está cheio: o PostgreSQL embutido não pode gravar seus dados',
    port_taken: 'a porta do PostgreSQL embutido está ocupada por outro programa',
    wrong_version: 'os dados foram criados por outra versão do PostgreSQL',
    not_ours: 'o diretório de dados contém outra coisa; o Conferente não mexe nele (veja CONFERENTE_DADOS)',
    no_permission: 'sem permissão para ler ou gravar no diretório de dados',
    no_binary:
      'o PostgreSQL embutido não está instalado para este sistema, ou não roda aqui: rode npm install',
    no_password: 'falta o arquivo da senha do PostgreSQL embutido',
    no_lock: 'não foi possível travar o diretório de dados',
    no_memory: 'falta memória para o PostgreSQL embutido',
    in_use: 'outro processo usa o diretório de dados',
    start_timeout: 'o PostgreSQL embutido não ficou pronto a tempo',
    start_failed: 'o PostgreSQL embutido não iniciou',
    stop_failed: 'o PostgreSQL embutido não parou',
  },
  notice: {
    embedded: (dir: string) => `PostgreSQL embutido; os dados ficam em ${dir}`,
    migrating: 'atualizando o banco',
    migrated: 'O banco está na versão atual.',
    migrationStopped: (reached?: keyof typeof STOPPED) =>
      reached === undefined
        ? 'A migração parou; nada foi mudado no banco.'
        : `A migração parou. ${STOPPED[reached]} Removida a causa, rode conferente migrar de novo: ele continua daí.`,
    interrupting: 'interrompendo… (Ctrl-C de novo encerra já)',
    interruptedReason: 'interrompida pelo usuário',
    simulating: 'simulando: tudo é feito de verdade e desfeito no fim',
    noFindings: 'Nenhuma divergência.',
    noneUndone: 'Nenhuma correção desfeita fora do sistema.',
    shown: (shown: string, total: string) => `${shown} de ${total}`,
    more: (n: string) => `… e mais ${n}; use --json para ver todas`,
    typedSeen: (id: string, seen: string) => `  conferente aprovar ${id} --visto ${seen} --motivo …`,
    left: (n: string) => `${n} deixadas como estavam`,
    undo: (operation: string) => `Para desfazer: conferente desfazer ${operation} --motivo …`,
    postponed: (n: string) => `${n} ${n === '1' ? 'adiada' : 'adiadas'}`,
    secondNeeded: 'As que aguardam pedem a aprovação de outra pessoa: conferente aprovar ID --motivo …',
    noHistory: (table: string, id: string) => `Nada aconteceu com ${table} ${id}.`,
    noSessions: 'Nenhuma sessão ainda.',
    noExceptions: 'Nenhuma exceção em vigor.',
    noPatterns: 'Nenhum padrão. Cadastre com audit.salvar_padrao.',
    sessionCancelled: (id: string) =>
      `Sessão ${id} cancelada; o que já estava confirmado permanece e pode ser revertido.`,
    changedBy: (when: string, who: string) => `alterada em ${when} por ${who}`,
    closedInterrupted: (ids: string) =>
      `aviso: sessão que um processo encerrado à força deixou aberta, agora registrada como falhou: ${ids}`,
    sessionOpened: (id: string, mode: string, rules: string) => `sessão ${id}, modo ${mode}: ${rules}`,
    correctedSoFar: (n: string) => `(${n} já corrigidas)`,
  },
  step: {
    detectar: 'procurando divergências:',
    repartir: 'preparando e repartindo:',
    partes: 'partes',
    parte: 'procurando divergências:',
    juntar: 'juntando as partes:',
    limitar: 'conferindo os limites',
    corrigir: 'corrigindo e conferindo:',
    finalizar: 'fechando a sessão',
    fim: 'fim',
  },
  window: {
    loaded: (from: string, to: string) => `carregados de ${from} a ${to}`,
    booked: (from: string, to: string) => `lançamentos de ${from} a ${to}`,
    open: '…',
  },
  column: {
    name: 'nome',
    role: 'papel',
    issued: 'emitido',
    expires: 'vence',
    revoked: 'revogado',
    id: 'id',
    rule: 'regra',
    record: 'registro',
    postponed: 'adiada até',
    forwarded: 'encaminhada para',
    entry: 'lançamento',
    atStake: 'em risco',
    confidence: 'confiança',
    status: 'status',
    change: 'antes → depois',
    reason: 'motivo',
    finding: 'divergência',
    operation: 'operação',
    session: 'sessão',
    before: 'antes: ',
    after: 'depois:',
    now: 'agora: ',
    mode: 'modo',
    began: 'início',
    window: 'janela',
    examined: 'examinadas',
    found: 'encontradas',
    fresh: 'novas',
    recurring: 'recorrentes',
    corrected: 'corrigidas',
    failed: 'falhas',
    obsolete: 'obsoletas',
    resolved: 'resolvidas',
    undone: 'desfeitas',
    again: 'refeitas',
    sourceColumn: 'coluna',
    wanted: 'corrigido para',
    cameBack: 'encontrado',
    correctedAt: 'corrigida em',
    seen: 'visto',
    seenAt: 'vista em',
    load: 'carga',
    times: 'vezes',
    who: 'quem',
    message: 'mensagem',
    mail: 'correio',
    duration: 'duração',
    active: 'ativa',
    automatic: 'automática',
    base: 'base',
    threshold: 'limiar',
    approved: 'aprovadas',
    rejected: 'rejeitadas',
    bound: 'precisão mínima',
    table: 'tabela',
    description: 'descrição',
    field: 'campo',
    kind: 'tipo',
    action: 'ação',
    pattern: 'padrão',
    key: 'chave',
    value: 'valor',
    unit: 'unidade',
    standard: 'padrão',
    range: 'permitido',
  },
  result: {
    revertida: 'REVERTIDA',
    ja_revertida: 'JÁ REVERTIDA',
    conflito: 'CONFLITO (o registro mudou depois; nada foi tocado)',
    ausente: 'AUSENTE (o registro não existe mais)',
    recusada: 'RECUSADA pelo armazém (uma restrição ou gatilho)',
    aguardando_segunda_aprovacao: 'AGUARDA outra pessoa',
    deixada: 'DEIXADA como estava',
    autoGiven: (rule: string) =>
      `A regra ${rule} corrige sozinha de novo; um novo registro de decisões começa.`,
    excepted: (id: string, rule: string, row: string, until: string) =>
      `Exceção ${id}: a regra ${rule} não aponta o registro ${row} até ${until}.`,
    exceptionRevoked: (id: string) => `Exceção ${id} revogada: a próxima sessão volta a olhar o registro.`,
    untilChanged: 'o registro mudar',
    gone: '(o registro não existe mais)',
    rollback: (back: string, kept: string) => `revertidas: ${back}; não revertidas: ${kept}`,
    notTried: (role: string) => `não experimentada: o login não tem o papel ${role}`,
    diagnosis: (errors: string, warnings: string) => `erros: ${errors}; avisos: ${warnings}`,
    session: (id: string, status: string, window: string) => `Sessão ${id}: ${status}; ${window}`,
    totals: (rows: string, found: string, atStake: string, corrected: string, amount: string) =>
      `${rows} linhas examinadas, ${found} divergências (${atStake} em risco), ${corrected} corrigidas (${amount})`,
    undone: (undone: string, again: string) =>
      `${undone} correções anteriores desfeitas fora do sistema, ${again} refeitas (o valor já contado não conta outra vez)`,
    simulated: (status: string, window: string) =>
      `Simulação: terminaria ${status}; ${window}. Nada foi alterado.`,
    wouldCorrect: '[corrigiria]',
    wouldOpen: '[ficaria aberta]',
    wouldFail: '[falharia]',
  },
  approval: {
    ask: (n: string) =>
      n === '1' ? 'Aprovar e corrigir o que está acima?' : `Aprovar e corrigir as ${n} acima?`,
  },
  rollback: {
    ask: 'As correções estavam erradas?',
    wrong: 'sim: conta contra a regra, e elas não voltam à fila enquanto o registro não mudar',
    other: 'não, é por outra razão: não conta, e elas voltam à fila',
  },
  agenda: {
    title: 'Agenda do Conferente',
    current: (cron: string, zone: string, mode: string) => `agenda: ${cron}, hora de ${zone}, modo ${mode}`,
    next: 'próximas execuções:',
    needsWorker:
      'a agenda vale enquanto um conferente trabalhar estiver no ar; uma hora perdida é recuperada ao voltar',
    unchanged: 'nada foi alterado',
    never: (cron: string) =>
      `agenda inválida: ${cron}; escreva minuto hora dia mês dia-da-semana em números, como 0 7 * * 1-5, que ocorra no calendário`,
    unknownZone: (zone: string) => `fuso desconhecido: ${zone}; escreva um nome IANA, como America/Sao_Paulo`,
    askCron: 'Quando? (minuto hora dia mês dia-da-semana)',
    askZone: 'Em que fuso horário?',
    askMode: 'Em que modo?',
    askReason: 'Por quê? (fica na auditoria)',
    reasonNeeded: 'diga por quê',
    auto: 'detecta e corrige o que é seguro',
    manual: 'só detecta',
    confirm: (first: string) => `A próxima execução será ${first}. Gravar?`,
    done: 'Gravando.',
    description: 'Conferente: sessões da fila e da agenda',
    written: (file: string) => `gravado: ${file}`,
    exists: (file: string) => `${file} já existe e não foi tocado`,
    systemdNext: (file: string, environment: string) =>
      `Nada foi instalado. Para instalar, como root:
  useradd --system conferente
  install -d -m 750 -g conferente /etc/conferente   # e DATABASE_URL=… em ${environment}
  install -m 644 ${file} /etc/systemd/system/conferente.service
  systemctl daemon-reload && systemctl enable --now conferente`,
    windowsNext: (line: string) =>
      `Nada foi instalado. Para instalar, como administrador, com DATABASE_URL no ambiente da máquina:
  ${line}`,
    cronZone: (zone: string, system: string) =>
      `aviso: CRON_TZ vale no cronie; o cron do Debian lê a hora no fuso do sistema (${system}), não em ${zone}`,
  },
  token: {
    issued: (name: string, role: string, until: string, id: string) =>
      `Token de ${name}, papel ${role}, válido até ${until}. Para revogar: conferente token --revogar ${id}`,
    none: 'Nenhum token emitido.',
    elsewhere: 'aqui os tokens vêm do login único (CONFERENTE_JWKS_URL); o Conferente não os emite',
    revoked: (id: string) => `Token ${id} revogado.`,
    revokedPerson: (name: string) => `Revogados todos os tokens que ${name} recebeu até agora.`,
  },
  serve: {
    ready: (url: string) => `A API atende em ${url}`,
    ended: 'A API parou.',
    failed: (id: string, message: string) => `erro no pedido ${id}: ${message}`,
    noService: (login: string) =>
      `o usuário ${login} não pode falar por outros: grant conferente_servico to ${login};`,
  },
  worker: {
    ready:
      'trabalhador pronto: espera sessões na fila e cuida da agenda (SIGTERM ou Ctrl-C encerra em ordem)',
    standby:
      'aviso: o servidor é uma réplica (standby): nenhum trabalho é feito até que seja promovido; assim que for, o trabalhador começa',
    stopping: (seconds: string) => `encerrando: termina ou devolve o que está em curso em até ${seconds} s`,
    late: 'prazo esgotado: o que restou será retomado por outro trabalhador',
    ended: 'trabalhador encerrado; nada ficou em curso aqui',
    stopped: 'o trabalhador parou sozinho; rode de novo',
    scheduled: (due: string, id: string) => `agenda: sessão ${id} posta na fila para ${due}`,
    notScheduled: (due: string, message: string) =>
      `erro: a agenda de ${due} não pôde ser posta na fila e será tentada de novo: ${message}`,
    released: (workers: string) => `aviso: trabalho de processo morto devolvido à fila: ${workers}`,
    jobFailed: (task: string, message: string) => `aviso: ${task} falhou e será tentada de novo: ${message}`,
    jobLost: (task: string, message: string) => `erro: ${task} falhou pela última vez: ${message}`,
    trouble: (message: string) => `aviso: ${message}; será tentado de novo`,
  },
  next: {
    list: 'Para ver o que espera uma pessoa: conferente listar --detalhe',
    rollback: (id: string) =>
      `Para desfazer as correções desta sessão: conferente reverter --sessao ${id} --motivo …`,
    undone: 'Correções foram desfeitas fora do sistema. A lista para a origem: conferente listar --desfeitas',
    diagnose: 'Para ver o que falta no armazém: conferente diagnostico',
  },
}
