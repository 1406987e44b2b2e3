import { both } from './both.ts'

export const serve = {
  ready: both(
    (url: string) => `A API atende em ${url}`,
    (url) => `The API is serving at ${url}`,
  ),
  ended: both('A API parou.', 'The API has stopped.'),
  failed: both(
    (id: string, message: string) => `erro no pedido ${id}: ${message}`,
    (id, message) => `error in request ${id}: ${message}`,
  ),
  noService: both(
    (login: string) => `o usuário ${login} não pode falar por outros: grant conferente_servico to ${login};`,
    (login) => `user ${login} may not speak for others: grant conferente_servico to ${login};`,
  ),
}

export const worker = {
  ready: both(
    'trabalhador pronto: espera sessões na fila e cuida da agenda (SIGTERM ou Ctrl-C encerra em ordem)',
    'worker ready: waits for queued sessions and keeps the schedule (SIGTERM or Ctrl-C stops it in order)',
  ),
  standby: both(
    'aviso: o servidor é uma réplica (standby): nenhum trabalho é feito até que seja promovido; assim que for, o trabalhador começa',
    'warning: the server is a standby: no work is done until it is promoted; the worker begins as soon as it is',
  ),
  stopping: both(
    (seconds: string) => `encerrando: termina ou devolve o que está em curso em até ${seconds} s`,
    (seconds) => `stopping: finishes or hands back what is under way within ${seconds} s`,
  ),
  late: both(
    'prazo esgotado: o que restou será retomado por outro trabalhador',
    'out of time: another worker will resume what is left',
  ),
  ended: both(
    'trabalhador encerrado; nada ficou pendente aqui',
    'worker stopped; nothing is left under way here',
  ),
  stopped: both('o trabalhador parou sozinho; rode de novo', 'the worker stopped by itself; run it again'),
  scheduled: both(
    (due: string, id: string) => `agenda: sessão ${id} na fila para ${due}`,
    (due, id) => `schedule: session ${id} queued for ${due}`,
  ),
  notScheduled: both(
    (due: string, message: string) =>
      `erro: a agenda de ${due} não pôde ser colocada na fila e será tentada de novo: ${message}`,
    (due, message) => `error: the run due at ${due} could not be queued and will be tried again: ${message}`,
  ),
  released: both(
    (workers: string) => `aviso: trabalho de um processo que caiu devolvido à fila: ${workers}`,
    (workers) => `warning: work of a dead process handed back to the queue: ${workers}`,
  ),
  jobFailed: both(
    (task: string, message: string) => `aviso: ${task} falhou e será tentada de novo: ${message}`,
    (task, message) => `warning: ${task} failed and will be tried again: ${message}`,
  ),
  jobLost: both(
    (task: string, message: string) => `erro: ${task} falhou pela última vez: ${message}`,
    (task, message) => `error: ${task} failed for the last time: ${message}`,
  ),
  trouble: both(
    (message: string) => `aviso: ${message}; será tentado de novo`,
    (message) => `warning: ${message}; it will be tried again`,
  ),
}
