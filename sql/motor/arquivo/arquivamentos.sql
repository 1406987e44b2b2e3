-- What was archived, when and by whom. It has no table: it is read from sealed operations. Definer, like audit.carimbos.
create or replace function audit.arquivamentos()
returns table (
  operacao_id bigint, arquivado_em timestamptz, arquivado_por text, motivo text, mes_inicio date, mes_fim date, operacoes bigint, fatos bigint,
  elo_inicial bigint, elo_final bigint, arquivo_sha256 text, arquivo_elo bigint, arquivo_selo text, apagados boolean
)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select o.id, o.finalizada_em, o.ator, o.motivo, (o.detalhes ->> 'mes_inicio')::date, (o.detalhes ->> 'mes_fim')::date, (o.detalhes ->> 'operacoes')::bigint,
    (o.detalhes ->> 'fatos')::bigint, (o.detalhes ->> 'elo_inicial')::bigint, (o.detalhes ->> 'elo_final')::bigint, o.detalhes ->> 'arquivo_sha256',
    (o.detalhes ->> 'arquivo_elo')::bigint, o.detalhes ->> 'arquivo_selo', (o.detalhes ->> 'apagados')::boolean
  from audit.operacoes o
  where o.tipo = 'arquivamento'
  order by o.id
$$;
comment on function audit.arquivamentos() is
  'Archived months of facts, oldest first: the operation that archived them, when and by whom, how many operations and facts (elo_inicial and elo_final: the first and the last link), the SHA-256 of the exported trail that holds them and the head at which it ends, and whether the detached tables were deleted.';
grant execute on function audit.arquivamentos() to conferente_leitor;
