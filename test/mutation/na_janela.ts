import { of, type Subject } from './mutation.ts'

export const naJanela: Subject = {
  name: 'na_janela',
  tests: ['test/sql/na_janela.test.ts'],
  mutations: of(
    'comum/na_janela.sql',
    ['dia >= janela', 'dia > janela'],
    ['dia <= janela', 'dia < janela'],
    ['carga >= janela', 'carga > janela'],
    ['carga < janela', 'carga <= janela'],
    ['janela.chaves is null or', 'true or'],
    ['case when false then chave end', 'chave'],
  ),
}
