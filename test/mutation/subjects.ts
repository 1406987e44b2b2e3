import { earnedAutonomy } from './earned_autonomy.ts'
import type { Subject } from './mutation.ts'
import { naJanela } from './na_janela.ts'
import { pendenteVerificacao } from './pendente_verificacao.ts'
import { tradeMarketing } from './trade_marketing.ts'
import { validacaoValores } from './validacao_valores.ts'

export const SUBJECTS: readonly Subject[] = [
  tradeMarketing,
  pendenteVerificacao,
  validacaoValores,
  naJanela,
  earnedAutonomy,
]
