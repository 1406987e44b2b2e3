import { both, same } from '../both.ts'

/** Headings of the bundled rules; another rule's description is its heading. */
export const rule = {
  trade_marketing: both('Trade marketing em outra categoria', 'Trade marketing in another category'),
  pendente_verificacao: both('Pendentes com categoria inferida', 'Pending, with an inferred category'),
  validacao_valores: both('Valores que não batem com o documento', 'Amounts that do not match the document'),
  notas_fiscais: both(
    'Lançamentos que não batem com a nota',
    'Entries that do not match the electronic note',
  ),
  notas_sem_lancamento: both('Notas sem lançamento', 'Notes without an entry'),
}

export const ruleSentence = {
  trade_marketing: both(
    'O texto, o fornecedor ou a conta casa com um padrão de marketing, e a categoria lançada é outra.',
    'The text, supplier or account matches a marketing pattern, but the booked category is another.',
  ),
  pendente_verificacao: both(
    'Lançados como pendentes; a categoria vem do histórico de lançamentos parecidos.',
    'Parked as pending; the category comes from the history of similar entries.',
  ),
  validacao_valores: both(
    'O valor lançado não é o que o documento diz.',
    'The booked amount is not what the document says.',
  ),
  notas_fiscais: both(
    'O lançamento não é o que a nota eletrônica diz, ou ela foi cancelada ou falta.',
    'The entry is not what the electronic note says, or the note was cancelled or is missing.',
  ),
  notas_sem_lancamento: both(
    'A nota foi emitida para a empresa, e nenhum lançamento corresponde a ela.',
    'The note was issued to the company, and no entry corresponds to it.',
  ),
}

export const kind = {
  multiplicado: {
    title: both('Multiplicado por {n}', 'Multiplied by {n}'),
    sentence: both(
      'O valor lançado é {n} vezes o do documento.',
      "The booked amount is {n} times the document's.",
    ),
  },
  dividido: {
    title: both('Dividido por {n}', 'Divided by {n}'),
    sentence: both(
      'O valor do documento é {n} vezes o lançado.',
      "The document's amount is {n} times the booked one.",
    ),
  },
  sinal_trocado: {
    title: both('Sinal trocado', 'Wrong sign'),
    sentence: both(
      'O valor lançado é o do documento com o sinal contrário.',
      "The booked amount is the document's with the opposite sign.",
    ),
  },
  desconto_ignorado: {
    title: both('Desconto não abatido', 'Discount not deducted'),
    sentence: both(
      'O valor lançado é o do documento sem o desconto.',
      "The booked amount is the document's without the discount.",
    ),
  },
  desconto_em_dobro: {
    title: both('Desconto abatido duas vezes', 'Discount deducted twice'),
    sentence: both(
      'O desconto do documento foi abatido duas vezes.',
      "The document's discount was deducted twice.",
    ),
  },
  digitos_trocados: {
    title: both('Algarismos trocados', 'Digits swapped'),
    sentence: both('Dois algarismos trocaram de lugar.', 'Two digits have changed places.'),
  },
  razao_cambial: {
    title: both('Moeda não convertida', 'Currency not converted'),
    sentence: both(
      'A razão entre o valor lançado e o do documento parece uma taxa de câmbio.',
      'The ratio of booked amount to document looks like an exchange rate.',
    ),
  },
  outro: {
    title: both('Valor diferente do documento', 'Differs from the document'),
    sentence: both(
      'O valor difere do documento sem um padrão conhecido.',
      'The amount differs from the document in no known way.',
    ),
  },
  duplicidade: {
    title: both('Documento lançado duas vezes', 'Document booked twice'),
    sentence: both(
      'O mesmo documento já está em outro lançamento. O Conferente não apaga: procede se o estorno foi pedido.',
      'Another entry already has the same document. Conferente deletes nothing: confirm it once the reversal has been requested.',
    ),
  },
  chave_digito: {
    title: both('Chave de acesso com dígito errado', 'Access key with a wrong digit'),
    sentence: both(
      'O dígito verificador da chave não confere: um algarismo está errado ou fora do lugar.',
      'The check digit of the key is wrong: a digit is wrong or out of place.',
    ),
  },
  chave_outra_empresa: {
    title: both('Chave de acesso de outra empresa', 'Access key of another company'),
    sentence: both(
      'A nota da chave foi emitida por uma empresa que não é o fornecedor do lançamento.',
      "The key's note was issued by a company that is not the supplier of the entry.",
    ),
  },
  chave_mes_posterior: {
    title: both('Nota emitida depois do mês do lançamento', 'Note issued after the month of the entry'),
    sentence: both(
      'A chave de acesso diz um mês de emissão posterior ao do lançamento.',
      'According to the access key, the note was issued in a later month than the entry.',
    ),
  },
  chave_repetida: {
    title: both('A mesma chave de acesso em outro lançamento', 'The same access key in another entry'),
    sentence: both(
      'Uma chave é de uma nota só, e esta já está em outro lançamento: de outro fornecedor, ou com o mesmo valor em outra data.',
      'A key belongs to one note only, and another entry already has this one: of another supplier, or with the same amount on another day.',
    ),
  },
  duplicidade_proxima: {
    title: both(
      'Documento lançado de novo, outro dia ou filial',
      'Document booked again, other day or branch',
    ),
    sentence: both(
      'O mesmo documento já está em outro lançamento, de outro dia ou de outra filial. O Conferente não apaga: procede se o estorno foi pedido.',
      'Another entry already has the same document, on another day or in another branch. Conferente deletes nothing: confirm it once the reversal has been requested.',
    ),
  },
  carga_repetida: {
    title: both('Carga que entrou de novo', 'Load that came in again'),
    sentence: both(
      'Os lançamentos já tinham sido carregados, com os mesmos documentos, datas e valores. Uma decisão vale pela carga toda.',
      'The entries had already been loaded, with the same documents, dates and amounts. One decision covers the whole load.',
    ),
  },
  carga_sinal_trocado: {
    title: both('Carga com os sinais trocados', 'Load with wrong signs'),
    sentence: both(
      'Quase todos os lançamentos de uma carga, ou de um dia, têm o valor do documento com o sinal contrário. Uma decisão vale pela carga toda: procede se ela vai ser corrigida na origem.',
      'Nearly all entries of a load, or of a day, have the amount of their document with the opposite sign. One decision covers the whole load: confirm it if it will be corrected at the source.',
    ),
  },
  carga_multiplicada: {
    title: both('Carga com os valores multiplicados', 'Load with multiplied amounts'),
    sentence: both(
      'Quase todos os lançamentos de uma carga, ou de um dia, estão multiplicados ou divididos pelo mesmo fator. Uma decisão vale pela carga toda: procede se ela vai ser corrigida na origem.',
      'Nearly all entries of a load, or of a day, are multiplied or divided by the same factor. One decision covers the whole load: confirm it if it will be corrected at the source.',
    ),
  },
  sinais_sem_costume: {
    title: both(
      'Negativos com documento positivo: créditos ou erros?',
      'Negative amounts with positive documents: credits or errors?',
    ),
    sentence: both(
      'Nada no livro diz se são créditos ou se o sinal está trocado. Uma resposta vale por todos: não procede se são créditos; procede se o sinal vai ser corrigido na origem.',
      'Nothing in the ledger says whether they are credits or wrong signs. One answer covers them all: reject it if they are credits; confirm it if the signs will be corrected at the source.',
    ),
  },
  repeticao_em_massa: {
    title: both('O mesmo lançamento muitas vezes num dia', 'The same entry many times in one day'),
    sentence: both(
      'Mesmo fornecedor, documento, valor e dia, mais de dez vezes: tarifas que não têm número próprio, ou uma carga que se repetiu.',
      'Same supplier, document, amount and day, more than ten times: charges without their own number, or a load that was repeated.',
    ),
  },
  rateio_a_mais: {
    title: both('Rateio maior que o documento', 'Lines add up to more than the document'),
    sentence: both(
      'Os lançamentos do documento somam mais do que ele diz. A evidência mostra as linhas.',
      'The entries of the document add up to more than it says. The evidence shows its lines.',
    ),
  },
  rateio_a_menos: {
    title: both('Rateio menor que o documento', 'Lines add up to less than the document'),
    sentence: both(
      'Os lançamentos do documento somam menos do que ele diz: falta uma linha, ou houve retenção.',
      'The entries of the document add up to less than it says: a line is missing, or a tax was withheld.',
    ),
  },
  rateio_linha_repetida: {
    title: both('Linha do rateio lançada duas vezes', 'A line booked twice'),
    sentence: both(
      'O que o documento tem a mais é uma linha que está duas vezes, no mesmo centro de custo, categoria e conta.',
      'The excess is one line that is there twice, in the same cost centre, category and account.',
    ),
  },
  rateio_repetido: {
    title: both('Documento rateado mais de uma vez', 'Document shared out more than once'),
    sentence: both(
      'As linhas somam o documento duas vezes ou mais.',
      'The lines add up to two or more times the document.',
    ),
  },
}

export const way = {
  aumenta: both(', lançado a menos', ', booked too low'),
  diminui: both(', lançado a mais', ', booked too high'),
}

export const band = {
  sure: {
    title: same('{name}'),
    sentence: same(''),
  },
  likely: {
    title: both('{name}, provável', '{name}, likely'),
    sentence: same(''),
  },
  doubtful: {
    title: both('{name}, duvidoso', '{name}, doubtful'),
    sentence: both(
      'Há mais indícios contra do que a favor: confira um a um.',
      'There is more against it than for it: check each one.',
    ),
  },
  unlikely: {
    title: both('{name}, improvável', '{name}, unlikely'),
    sentence: both('O histórico diz que não.', 'The history says no.'),
  },
}
