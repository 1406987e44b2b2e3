-- After a batch, runs the rule again over the changed rows. What it still flags is undone, as an operation of its own, and left as
-- desfeita. A flag without a correction counts only if it is new for the row.
create or replace function audit_interno.autoverificar_lote(sessao_id bigint, motivo text, dias daterange default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_janela audit.janela;
  v_operacao bigint;
begin
  for v_regra in -- one turn for each rule of the batch
    select r.* from audit.regras r
    where r.nome in (select l.regra from pg_temp.conferente_lote l where l.resultado = 'aplicada')
  loop
    select lower(dias), upper(dias) - 1, null::timestamptz, null::timestamptz, array_agg(l.registro_id) into v_janela
    from pg_temp.conferente_lote l where l.regra = v_regra.nome and l.resultado = 'aplicada';
    v_janela.chaves := audit_interno.ainda_apontadas(v_regra, v_janela);
    continue when v_janela.chaves is null;
    perform audit_interno.levantar_achados(v_regra, v_janela, verificacao => true);
    update pg_temp.conferente_lote l
    set resultado = 'desfeita', erro = format('a regra %s ainda aponta o registro depois da correção: %s', v_regra.nome, coalesce(a.defeito, a.justificativa))
    from pg_temp.conferente_achado a
    where l.regra = v_regra.nome and l.resultado = 'aplicada' and a.registro_id = l.registro_id
      and (a.defeito is not null or a.valores_propostos ?| array(select jsonb_object_keys(l.para))
        or a.valores_propostos = '{}' and not exists (
          select from audit.divergencias_processadas d
          where d.tabela = l.tabela and d.registro_id = l.registro_id and d.regra = l.regra and d.id <> l.divergencia_id
            and d.valores_propostos = '{}' and d.evidencia ->> 'tipo' is not distinct from a.evidencia ->> 'tipo'));
  end loop;
  if not exists (select from pg_temp.conferente_lote l where l.resultado = 'desfeita') then
    return;
  end if;

  v_operacao := audit_interno.abrir_operacao('autoverificacao', autoverificar_lote.sessao_id, motivo => autoverificar_lote.motivo);
  -- de and para swap; the image just written says what the row really held afterwards
  update pg_temp.conferente_lote l
  set de = a.depois, para = l.de, impressao = null, reverte_operacao_id = a.operacao_id
  from audit.alteracoes a
  where l.resultado = 'desfeita' and a.divergencia_id = l.divergencia_id and a.operacao_id = (
    select max(x.operacao_id) from audit.alteracoes x where x.divergencia_id = l.divergencia_id);
  perform audit_interno.aplicar_lote(v_operacao, 'desfeita');
  if exists (select from pg_temp.conferente_lote l where l.reverte_operacao_id is not null and l.resultado <> 'desfeita') then
    raise exception using errcode = 'NC019', message = 'uma correção que não passou na conferência não pôde ser desfeita; o lote inteiro foi desfeito',
      detail = (select string_agg(format('registro %s: %s', l.registro_id, coalesce(l.erro, l.resultado)), '; ')
        from pg_temp.conferente_lote l where l.reverte_operacao_id is not null and l.resultado <> 'desfeita');
  end if;
  perform audit_interno.fechar_operacao(v_operacao, (select count(*) from pg_temp.conferente_lote l where l.resultado = 'desfeita'));
end
$$;
comment on function audit_interno.autoverificar_lote(bigint, text, daterange) is
  'Undoes what the rules still flag after the batch. NC019 when that is not possible: then the whole batch is rolled back.';
