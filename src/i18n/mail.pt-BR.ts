// Texts of the messages. Arguments are already formatted, except counts named n, which decide singular and plural.
const KIND: Record<string, string> = {
  divergencias: 'Alerta de divergências',
  resumo: 'Resumo da sessão',
  falha: 'Falha crítica',
  limite: 'Limite atingido',
  ausencia: 'Sessão ausente',
}
const STATUS: Record<string, string> = {
  aberta: 'espera uma pessoa',
  aguardando_segunda_aprovacao: 'espera a segunda pessoa',
  falha: 'correção recusada',
  corrigida: 'corrigida',
}
const SESSION: Record<string, string> = {
  agendada: 'na fila',
  em_andamento: 'em andamento',
  concluida: 'concluída',
  concluida_com_falhas: 'concluída com falhas',
  falhou: 'falhou',
  cancelada: 'cancelada',
}
/** A written number with its noun; the number decides which. */
const counted = (n: string, one: string, many: string) => `${n} ${n === '1' ? one : many}`
const plural = (n: number, one: string, many: string) => (n === 1 ? one : many)

export type MailText = typeof mailPtBR

export const mailPtBR = {
  product: 'Conferente',
  kind: (kind: string) => KIND[kind] ?? kind,
  status: (status: string) => STATUS[status] ?? status,
  sessionStatus: (status: string) => SESSION[status] ?? status,
  subject: {
    done: (day: string, n: number, fresh: string, corrected: string, waiting: string) =>
      n === 0
        ? `Tudo feito: nenhuma divergência em ${day}${waiting === '0' ? '' : `, ${waiting} à espera`}`
        : `Tudo feito: ${counted(fresh, 'nova', 'novas')}, ${counted(corrected, 'corrigida', 'corrigidas')}, ${waiting} à espera em ${day}`,
    gaps: (day: string, gaps: string) => `Feito com lacunas em ${day}: ${gaps}`,
    failed: (day: string, id: string) => `FALHOU: sessão ${id} de ${day}`,
    alert: (n: number, count: string, amount: string) =>
      `${count} ${plural(n, 'divergência espera', 'divergências esperam')} uma pessoa: ${amount} em risco`,
    failure: (id: string, day: string) => `Falha crítica na sessão ${id} de ${day}`,
    unqueued: (when: string) => `Falha crítica: a sessão de ${when} não pôde ser posta na fila`,
    limit: (id: string) => `Limite atingido: a sessão ${id} não corrigiu nada além dele`,
    absence: (day: string, hour: string) => `Nenhuma sessão de ${day} terminou até ${hour}`,
  },
  headline: {
    done: 'Tudo feito',
    gaps: 'Feito com lacunas',
    failed: 'Falhou',
    alert: (n: number, count: string) =>
      `${count} ${plural(n, 'divergência espera', 'divergências esperam')} uma pessoa`,
    failure: 'A sessão falhou, no todo ou em parte',
    unqueued: 'A sessão não pôde ser posta na fila',
    limit: 'Limite atingido: a correção automática parou',
    absence: (hour: string) => `Nenhuma sessão terminou até ${hour}`,
  },
  lead: {
    nothing: (n: number, rows: string) =>
      n === 0
        ? 'Nenhum lançamento foi lido na janela: confira se a carga chegou.'
        : `${counted(rows, 'lançamento conferido', 'lançamentos conferidos')} e nenhuma divergência encontrada.`,
    found: (rows: string, found: string, amount: string, corrected: string) =>
      `${counted(rows, 'lançamento conferido', 'lançamentos conferidos')}, ${counted(found, 'divergência', 'divergências')} (${amount} em risco), ${counted(corrected, 'corrigida', 'corrigidas')}.`,
    waiting: (n: number, count: string, amount: string) =>
      n === 0
        ? 'Nada espera uma pessoa.'
        : `${count} ${plural(n, 'espera', 'esperam')} uma pessoa: ${amount} em risco.`,
    postponed: (count: string) => `${counted(count, 'delas está adiada', 'delas estão adiadas')}.`,
    failed:
      'A sessão não terminou o que foi pedido. O que já estava confirmado permanece e pode ser revertido.',
    alert: (fresh: string, amount: string) =>
      `${counted(fresh, 'nova', 'novas')} nesta sessão; ${amount} em risco no que ela deixou à espera.`,
    limit: (limit: string) =>
      `${limit}. Uma janela cheia de divergências costuma ser uma carga quebrada: nada além do limite foi corrigido, tudo está aberto para revisão.`,
    absence: (day: string, due: string, hour: string) =>
      `Havia uma sessão prevista para ${day} às ${due}, e nenhuma terminou até ${hour}. Os dados de hoje não foram conferidos.`,
    unqueued: (when: string, attempts: string) =>
      `A sessão prevista para ${when} foi recusada pelo banco (${counted(attempts, 'tentativa', 'tentativas')}) e será tentada de novo.`,
  },
  gap: {
    sessao: (text: string) => text || 'a sessão falhou',
    regra_falhou: (rule: string, text: string) => `A regra ${rule} falhou: ${text}`,
    regra_pulada: (rule: string, text: string) => `A regra ${rule} foi pulada: ${text}`,
    so_detectou: (rule: string, text: string) => `A regra ${rule} só detectou: ${text}`,
    limite: (text: string) => `Limite atingido: ${text}`,
    nenhuma_linha: (rule: string) =>
      rule ? `A regra ${rule} não leu nenhuma linha` : 'Nenhuma linha lida na janela',
    recusadas: (n: number, count: string) =>
      `${count} ${plural(n, 'correção recusada ou desfeita', 'correções recusadas ou desfeitas')}`,
    desfeitas: (n: number, count: string) =>
      `${count} ${plural(n, 'correção desfeita', 'correções desfeitas')} fora do sistema`,
    conferencia: (rule: string, text: string) => `A regra ${rule}: ${text}`,
  },
  undone: {
    title: (n: number, count: string) =>
      `${count} ${plural(n, 'correção desfeita', 'correções desfeitas')} fora do sistema`,
    load: (rule: string, count: string, when: string | undefined) =>
      when === undefined
        ? `${rule}: ${count}, carga não identificada (a hora da carga não é posterior à correção)`
        : `${rule}: ${count} pela carga de ${when}`,
    others: (n: number, count: string) => `e mais ${count} ${plural(n, 'carga', 'cargas')}`,
    gone: (n: number, count: string) =>
      `${count} com o registro apagado: ${plural(n, 'não existe', 'não existem')} mais no armazém`,
    again: (n: number, count: string) =>
      `${count} ${plural(n, 'refeita', 'refeitas')} por esta sessão; o valor não conta outra vez`,
    stopped: (n: number, count: string, times: string) =>
      `${count} já ${plural(n, 'desfeita', 'desfeitas')} ${times} vezes ou mais: auto não ${plural(n, 'a refaz', 'as refaz')}, uma pessoa decide`,
    todo: 'O que fazer: corrigir na origem, com a lista de conferente listar --desfeitas, ou rodar a sessão depois da carga.',
    link: 'Ver esta sessão na revisão',
  },
  tile: {
    fresh: 'Novas',
    recurring: 'Recorrentes',
    corrected: 'Corrigidas',
    waiting: 'À espera',
    elsewhere: 'Resolvidas fora',
    overdue: 'Vencidas',
    atStake: (amount: string) => `${amount} em risco`,
    amount: (amount: string) => amount,
    again: (n: number, count: string) => `, ${count} ${plural(n, 'refeita', 'refeitas')}`,
    oldest: (n: number, amount: string, days: string) =>
      `${amount}, a mais antiga há ${days} ${plural(n, 'dia', 'dias')}`,
    elsewhereNote: 'a origem foi corrigida',
    overdueNote: (amount: string, days: string) => `${amount}, há mais de ${days} dias`,
    none: 'nenhuma',
  },
  section: {
    gaps: 'O que faltou',
    rules: 'Por regra',
    items: (n: number) => plural(n, 'A maior divergência', `As ${n} maiores divergências`),
    control: 'Totais de controle da janela',
    session: 'A sessão',
    mail: 'Mensagens que não chegaram',
    known: 'O que se sabe',
    chain: 'Cabeça da trilha de auditoria',
  },
  rule: {
    figures: (fresh: string, recurring: string, corrected: string, again: string | undefined) =>
      `${counted(fresh, 'nova', 'novas')}, ${counted(recurring, 'recorrente', 'recorrentes')}, ${counted(corrected, 'corrigida', 'corrigidas')}${again === undefined ? '' : ` (${counted(again, 'refeita', 'refeitas')})`}`,
    waiting: (count: string, amount: string) => `${count} à espera, ${amount}`,
    trend: (most: string, total: string) =>
      `Novas por dia em 30 dias: ${total} ao todo, ${most} no maior dia.`,
    silent: (n: number) => ` Sem execução em ${n} ${plural(n, 'dia', 'dias')}.`,
    alt: (rule: string, days: string) =>
      `Divergências novas da regra ${rule} nos últimos 30 dias, uma por dia: ${days}`,
    state: { falhou: 'falhou', pulada: 'pulada', pendente: 'não rodou' } as Record<string, string>,
  },
  item: {
    record: (table: string, id: string) => `${table} ${id}`,
    flagOnly: 'Só aponta: não há correção proposta.',
    confidence: (percent: string) => `confiança ${percent}`,
    seen: (day: string, n: number) => (n > 1 ? `desde ${day}, vista ${n} vezes` : `desde ${day}`),
    link: (id: string) => `Ver a divergência ${id}`,
    before: 'Antes',
    after: 'Depois',
    proposed: 'Proposta',
  },
  control: {
    before: 'Antes da sessão',
    after: 'Agora',
    difference: 'Diferença',
    corrected: 'Explicada por correções desta sessão',
    others: 'Explicada por correções e reversões posteriores',
    unexplained: 'Sem explicação (carga ou mudança de fora)',
    balanced: 'Confere ao centavo: a diferença está toda explicada.',
    undone: (n: number, count: string) =>
      `A diferença desta sessão está explicada, mas ${count} ${plural(n, 'correção anterior foi desfeita', 'correções anteriores foram desfeitas')} fora do sistema.`,
    unbalanced: (amount: string) => `${amount} mudaram na janela sem passar pelo Conferente.`,
    failed: (text: string) => `Os totais não puderam ser medidos de novo: ${text}`,
    none: 'Nenhuma regra mediu valores nesta janela.',
  },
  session: {
    id: 'Sessão',
    status: 'Estado',
    mode: 'Modo',
    window: 'Janela',
    rows: 'Linhas examinadas',
    suppressed: 'Silenciadas por exceção',
    obsolete: 'Obsoletas',
    duration: 'Duração',
    who: 'Pedida por',
    manual: 'manual: só detecta',
    auto: 'auto: detecta e corrige o que pode',
    loaded: (from: string, to: string) => `carregados de ${from} a ${to}`,
    booked: (from: string, to: string) => `lançamentos de ${from} a ${to}`,
    seconds: (n: string) => `${n} s`,
    error: 'Erro',
    attempts: 'Tentativas',
  },
  absence: {
    last: 'Última sessão que terminou',
    none: 'nenhuma até hoje',
    running: 'Sessão em curso',
    notRunning: 'nenhuma',
    error: 'Erro da agenda',
    state: (id: string, status: string, when: string) => `${id}, ${status}${when && `, ${when}`}`,
    todo: 'Confira se conferente trabalhar está no ar e se o banco responde. Ao voltar, o trabalhador recupera a sessão perdida.',
  },
  mailNote: (kind: string, when: string, error: string) => `${kind} de ${when}: ${error}`,
  attached: (names: string) => `Anexos: ${names}.`,
  tooLarge: (size: string, limit: string) =>
    `As divergências desta sessão somam ${size} em anexos, acima do limite de ${limit}; veja-as em:`,
  neverAttached: 'Anexos estão desligados (correio.limite_anexo); veja as divergências desta sessão em:',
  notAttached: (reason: string) => `Os anexos não puderam ser gerados: ${reason}`,
  button: 'Abrir a revisão',
  chain: (position: string, seal: string) => `elo ${position}, selo ${seal}`,
  chainNote: 'Guarde esta mensagem: ela testemunha a trilha até este elo.',
  footer: (when: string, zone: string) => `Gerado pelo Conferente em ${when}, hora de ${zone}.`,
  attachmentName: (id: string, extension: string) => `divergencias-sessao-${id}.${extension}`,
}
