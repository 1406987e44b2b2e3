import { type Both, both } from '../both.ts'

/** A name for the database's own word; a word without one here is shown as it is. */
const named = (names: Record<string, Both<string>>) =>
  both(
    (word: string) => names[word]?.['pt-BR'] ?? word,
    (word) => names[word]?.en ?? word,
  )

export const kind = named({
  divergencias: both('Alerta de divergências', 'Findings alert'),
  resumo: both('Resumo da sessão', 'Session digest'),
  falha: both('Falha crítica', 'Critical failure'),
  limite: both('Limite atingido', 'Limit reached'),
  ausencia: both('Sessão ausente', 'Missing session'),
  abertas: both('Divergências abertas', 'New findings'),
  pessoa: both('Espera uma pessoa', 'A person is needed'),
  autonomia: both('Correção automática perdida', 'Automatic correction lost'),
  resolvido: both('Resolvido', 'Resolved'),
  teste: both('Teste do canal', 'Channel test'),
})

export const status = named({
  aberta: both('espera uma pessoa', 'waits for a person'),
  aguardando_segunda_aprovacao: both('espera a segunda pessoa', 'waits for the second person'),
  falha: both('correção recusada', 'correction refused'),
  corrigida: both('corrigida', 'corrected'),
})

export const sessionStatus = named({
  agendada: both('na fila', 'queued'),
  em_andamento: both('em andamento', 'under way'),
  concluida: both('concluída', 'done'),
  concluida_com_falhas: both('concluída com falhas', 'done with gaps'),
  falhou: both('falhou', 'failed'),
  cancelada: both('cancelada', 'cancelled'),
})
