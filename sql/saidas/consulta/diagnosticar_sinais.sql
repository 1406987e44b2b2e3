-- Part of the diagnosis: how validacao_valores treats entries with a negative amount and a positive document, by the rule's own function.
-- Covers the year up to the last booking, or its last 200,000 entries. No line where the rule lets none of them pass and asks about none
-- together, or where the ledger cannot be read. Called by audit.diagnosticar_contrato; changes nothing.
create or replace function audit_interno.diagnosticar_sinais()
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select 'sinal dos créditos', case when x.juntos = 0 then 'ok' else 'aviso' end,
    format('lançamentos negativos com documento positivo desde %s: %s são créditos (dizem que são, ou é o costume de outros como eles) e não são apontados; ',
        to_char(x.desde, 'DD/MM/YYYY'), x.costume)
      || format('%s apontados um a um; %s num só achado, porque nada diz o que são', x.erros, x.juntos),
    case when x.juntos = 0 then 'A regra validacao_valores lê o documento dos créditos com o sinal do lançamento.'
      else 'Veja com quem lança se são créditos; um texto ou uma categoria que o diga basta à regra.' end
  from audit_interno.ler(format(
    'select m.desde, count(*) filter (where s.como = ''costume''), count(*) filter (where s.como = ''erro''), count(*) filter (where s.como = ''junto'')
     from regra_validacao_valores.ultimo_ano(%L::date) m
     cross join lateral regra_validacao_valores.sinais(m.desde, m.ate) s
     where s.lado < 0 and s.casada and s.data_lancamento between m.desde and m.ate
     group by m.desde', audit.hoje()))
    as x (desde date, costume bigint, erros bigint, juntos bigint)
  where x.costume > 0 or x.juntos > 0;
-- a relation that does not follow the contract, which the diagnosis reports; a fault of ours is not hidden
exception when undefined_column or undefined_table or undefined_function or datatype_mismatch or cannot_coerce or insufficient_privilege or data_exception then
  return;
end
$$;
comment on function audit_interno.diagnosticar_sinais() is 'Line of the diagnosis on negative entries with positive documents, if the rule lets some pass or asks about them all at once.';
