-- Trigger: what a statement changed in a table of audit_interno.vigiadas is a fact. Runs as whoever writes, which shows writes that bypass
-- our functions (these run as conferente_dono). The settings pinned here determine the text of each value.
create or replace function audit_interno.anotar_estados()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
declare
  v_chave text[] := tg_argv[0]::text[];
  v_fora text[] := tg_argv[1]::text[];
  v_tabela text := format('%s.%s', tg_table_schema, tg_table_name);
  v_autor text := nullif(current_user, 'conferente_dono');
  v_sal bytea := uuid_send(gen_random_uuid());
  v_autoria bytea := sha256(v_sal || convert_to(v_autor, 'UTF8'));
begin
  perform audit_interno.abrir_meses();
  case tg_op
    when 'INSERT' then
      insert into audit_interno.estados (operacao_id, tabela, chaves, resumos, autor, sal, autoria)
      select audit_interno.operacao_em_curso(), v_tabela, array_agg(y.chave order by y.n), array_agg(sha256(v_sal || y.resumo) order by y.n), v_autor, v_sal, v_autoria
      from (
        select audit_interno.chave_estado(x.linha, v_chave) as chave, sha256(convert_to(x.linha::text, 'UTF8')) as resumo, row_number() over () as n
        from (select to_jsonb(d) - v_fora as linha from depois d) as x
      ) as y
      group by (y.n - 1) / 10000;
    when 'UPDATE' then
      insert into audit_interno.estados (operacao_id, tabela, chaves, resumos, autor, sal, autoria)
      select audit_interno.operacao_em_curso(), v_tabela, array_agg(y.chave order by y.n), array_agg(sha256(v_sal || y.resumo) order by y.n), v_autor, v_sal, v_autoria
      from (
        select z.chave, z.resumo, row_number() over () as n
        from (
          select audit_interno.chave_estado(x.linha, v_chave) as chave, sha256(convert_to(x.linha::text, 'UTF8')) as resumo
          from (select to_jsonb(d) - v_fora as linha from depois d except select to_jsonb(a) - v_fora from antes a) as x
          union all
          select x.chave, null
          from (
            select audit_interno.chave_estado(to_jsonb(a), v_chave) as chave from antes a
            except select audit_interno.chave_estado(to_jsonb(d), v_chave) from depois d) as x
        ) as z
      ) as y
      group by (y.n - 1) / 10000;
    else
      insert into audit_interno.estados (operacao_id, tabela, chaves, resumos, autor, sal, autoria)
      select audit_interno.operacao_em_curso(), v_tabela, array_agg(y.chave order by y.n), array_agg(null::bytea), v_autor, v_sal, v_autoria
      from (select audit_interno.chave_estado(to_jsonb(a), v_chave) as chave, row_number() over () as n from antes a) as y
      group by (y.n - 1) / 10000;
  end case;
  return null;
end
$$;
comment on function audit_interno.anotar_estados() is 'Records what the rows of a table are after a statement.';
