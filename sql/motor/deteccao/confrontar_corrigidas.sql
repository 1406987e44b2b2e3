-- Compares the corrections of pg_temp.conferente_corrigida with the rows as they are, and leaves in pg_temp.conferente_desfeita those that
-- no longer hold, with what is there instead. A key that its column can no longer hold has no row. Writes nothing else. Called by
-- conferir_corrigidas.
create or replace function audit_interno.confrontar_corrigidas(regra audit.regras)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_chave text := audit_interno.tipo_coluna(v_tabela, regra.coluna_chave);
  v_carga text := case when regra.coluna_carga is null then 'null::timestamptz' else format('t.%I::timestamptz', regra.coluna_carga) end;
  -- SQL over t and l: the key still belongs to the corrected entry, apart from what we corrected in it ourselves
  v_mesma_entrada text := (
    select string_agg(format('(l.esperado ? %1$L or coalesce(%2$s -> %1$L in (l.entrada -> %1$L, l.entrada_nossa -> %1$L), false))',
      c, audit_interno.expressao_imagens(v_tabela, array[c])), ' and ')
    from unnest(regra.colunas_identidade) as c);
  v_guarda text;
  v_voltou text;
  v_imagem text;
  v_todas text[] := array(select distinct l.registro_id from pg_temp.conferente_corrigida l);
  v_chaves text[] := audit_interno.chaves_legiveis(v_tabela, regra.coluna_chave, v_todas);
  v_ilegiveis text[] := array(select unnest(v_todas) except select unnest(v_chaves));
  v_por_imagem boolean;
begin
  analyze pg_temp.conferente_corrigida;
  grant select on pg_temp.conferente_corrigida to conferente_regra;
  foreach v_por_imagem in array array[false, true] loop -- by the recorded image, where a column can no longer hold the value
    select string_agg(format('(not l.esperado ? %L or %s)', c.nome, case when v_por_imagem then i.igual else audit_interno.expressao_igual(v_tabela, c.nome, 'l.esperado') end), ' and '),
      string_agg(format('(not l.antes ? %L or %s)', c.nome,
        case when v_por_imagem then replace(i.igual, 'l.esperado', 'l.antes') else audit_interno.expressao_igual(v_tabela, c.nome, 'l.antes') end), ' and '),
      string_agg(format('case when l.esperado ? %L then %s else ''{}'' end', c.nome, i.imagem), ' || ')
    into v_guarda, v_voltou, v_imagem
    from (select distinct k.nome from pg_temp.conferente_corrigida x cross join lateral jsonb_object_keys(x.esperado) as k (nome) offset 0) as c
    cross join lateral (select audit_interno.expressao_imagens(v_tabela, array[c.nome]) as imagem) as m
    cross join lateral (select m.imagem, format('l.esperado -> %1$L = %2$s -> %1$L', c.nome, m.imagem) as igual) as i
    where audit_interno.tipo_coluna(v_tabela, c.nome) is not null;
    begin
      drop table if exists pg_temp.conferente_desfeita;
      create temp table conferente_desfeita on commit drop as
      select x.*, c.registro_id, c.operacao_id, c.antes, c.esperado, c.impressao as impressao_antes, c.corrigida_em
      from audit_interno.ler(
        format(
          'select l.divergencia_id, t.%1$I is not null, %2$s, %3$s, %4$s, %5$s, %6$s
           from %10$s l left join %7$s t on t.%1$I = l.registro_id::%8$s and t.%1$I = any ($2::%8$s[])
           where t.%1$I is null or not (%9$s)',
          regra.coluna_chave, coalesce(v_mesma_entrada, 'true'), coalesce(v_voltou, 'true'), audit_interno.expressao_impressao(v_tabela, regra.colunas),
          coalesce(v_imagem, '''{}''::jsonb'), v_carga, audit_interno.nome_sql(v_tabela), v_chave, coalesce(v_guarda, 'true'),
          case when v_ilegiveis = '{}' then 'pg_temp.conferente_corrigida'
            else '(select c.* from pg_temp.conferente_corrigida c where c.registro_id = any ($2) offset 0)' end),
        textos => v_chaves
      ) as x (divergencia_id bigint, existe boolean, mesma_entrada boolean, voltou boolean, impressao bytea, agora jsonb, carga timestamptz)
      join pg_temp.conferente_corrigida c on c.divergencia_id = x.divergencia_id;
      exit;
    exception when data_exception then
      if v_por_imagem then
        raise;
      end if;
    end;
  end loop;
  insert into pg_temp.conferente_desfeita (divergencia_id, existe, mesma_entrada, voltou, registro_id, operacao_id, antes, esperado, impressao_antes, corrigida_em)
  select c.divergencia_id, false, false, false, c.registro_id, c.operacao_id, c.antes, c.esperado, c.impressao, c.corrigida_em
  from pg_temp.conferente_corrigida c where c.registro_id = any (v_ilegiveis);
end
$$;
comment on function audit_interno.confrontar_corrigidas(audit.regras) is 'Finds the corrections in pg_temp.conferente_corrigida that the warehouse no longer holds.';
