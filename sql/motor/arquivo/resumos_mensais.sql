-- Digests of the facts of one kind, by operation, from the table given: the whole table, one of its months, or a detached month. The formula
-- and the settings are those of audit_interno.resumo_operacao. Changes nothing. Called by arquivar_meses and quebras_arquivo.
create or replace function audit_interno.resumos_mensais(nome text, tabela regclass, ate date default 'infinity')
returns table (operacao_id bigint, mes date, fatos bigint, resumo bytea)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
begin
  return query execute format(
    'select x.operacao_id, min(x.mes), count(*), sha256(string_agg(sha256(convert_to(row(%s)::text, ''UTF8'')), '''' order by %s)) from %s x where x.mes <= $1 group by 1',
    case nome
      when 'deteccoes' then 'x.divergencia_id, x.confianca, x.resumo'
      when 'alteracoes' then 'x.divergencia_id, x.reverte_operacao_id, x.antes, x.depois'
      when 'correcoes_desfeitas' then 'x.divergencia_id, x.correcao_operacao_id, x.situacao, x.esperado, x.agora, x.carregado_em'
      when 'estados' then 'x.id, x.tabela, x.chaves, x.resumos, case when x.sal is null then coalesce(x.autoria, convert_to(x.autor, ''UTF8'')) else sha256(x.sal || convert_to(x.autor, ''UTF8'')) end' end,
    case nome when 'estados' then 'x.id' else 'x.divergencia_id' end, tabela) using ate;
end
$$;
comment on function audit_interno.resumos_mensais(text, regclass, date) is 'For each operation, how many facts of the kind (nome) the table has of months up to ate, and their digest.';
