-- The distinctive part of a supplier's canonical name: without the words for a company's trade and organisation, which many share (two
-- distributors are two companies). The whole name if nothing else is left. Touches nothing. Called by
-- regra_pendente_verificacao.contradizem_codigo and regra_trade_marketing.fornecedores_marketing.
create or replace function regras.nome_proprio(nome text) returns text
language sql immutable parallel safe
return coalesce(nullif(pg_catalog.btrim(pg_catalog.regexp_replace(pg_catalog.regexp_replace(
  ' ' || pg_catalog.replace(nome, ' ', '  ') || ' ', ' (d[aeo]s?|e|em|para|and|of|comerci(al|o)|distribui(dora|cao)|industri(a|al)|transport(es?|adora)|servicos?|solu(cao|coes)|sistemas?'
    || '|tecnologias?|informa(tica|cao)|engenharia|constru(tora|cao|coes)|empreendimentos|participacoes|representac(ao|oes)|materia(l|is)|produtos?'
    || '|alimentos|bebidas|medicamentos|combustive(l|is)|auto|postos?|pecas|veiculos|restaurante|lanchonete|padaria|hotel|farmacia|drogaria'
    || '|supermercados?|papelaria|grafica|editora|comunicac(ao|oes)|agencia|turismo|viagens|consultoria|assessoria|locac(ao|oes)|locadora'
    || '|administradora|imobiliaria|imoveis|gestao|importac(ao|oes)|exportac(ao|oes)|eletric[ao]s?|valores|empresa|companhia|sociedade|grupo|rede'
    || '|casa|centro|lojas?|instituto|associacao|fundacao|brasil|services?|solutions|systems|group|company|trading|consulting) ', ' ', 'g'),
  ' +', ' ', 'g')), ''), nome);

comment on function regras.nome_proprio(text) is
  'Canonical supplier name without the words that many suppliers have; the whole name when nothing else is left.';
revoke execute on function regras.nome_proprio(text) from public;
