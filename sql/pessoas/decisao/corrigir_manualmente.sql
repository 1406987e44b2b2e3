-- A person enters the right values instead of the proposed ones. Another person must approve them.
create or replace function audit.corrigir_manualmente(id bigint, valores jsonb, motivo text)
returns audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(corrigir_manualmente.motivo);
  v_divergencia audit.divergencias_processadas;
  v_regra audit.regras;
  v_relacao regclass;
  v_estranhas text;
  v_valores jsonb;
  v_periodo text;
  v_operacao bigint;
begin
  select * into v_divergencia from audit_interno.travar_divergencias(array[corrigir_manualmente.id], 'corrigir manualmente',
    audit_interno.situacoes_em_espera());
  select * into strict v_regra from audit.regras r where r.nome = v_divergencia.regra;
  v_relacao := audit_interno.relacao(v_regra.tabela);
  if jsonb_typeof(corrigir_manualmente.valores) is distinct from 'object' or corrigir_manualmente.valores = '{}' then
    raise exception using errcode = 'NC015', message = 'valores deve ser um objeto JSON com ao menos uma coluna',
      hint = 'Por exemplo {"categoria": "Trade Marketing"}.';
  end if;
  select string_agg(c, ', ') into v_estranhas from jsonb_object_keys(corrigir_manualmente.valores) as c where c <> all (v_regra.colunas);
  if v_estranhas is not null then
    raise exception using errcode = 'NC015', message = format('coluna que a regra %s não corrige: %s', v_regra.nome, v_estranhas),
      hint = format('Permitidas: %s.', array_to_string(v_regra.colunas, ', '));
  end if;
  if audit_interno.falta_na_relacao(v_regra, array(select jsonb_object_keys(corrigir_manualmente.valores))) is not null then
    raise exception using errcode = 'NC010', hint = 'Nada foi feito. conferente diagnostico diz o que falta.',
      message = audit_interno.falta_na_relacao(v_regra, array(select jsonb_object_keys(corrigir_manualmente.valores)));
  end if;
  select string_agg(c, ', ') into v_estranhas
  from jsonb_object_keys(corrigir_manualmente.valores) as c where not has_column_privilege('conferente_escrita', v_relacao, c, 'update');
  if v_estranhas is not null then
    raise exception using errcode = 'NC015', message = format('em %s não se pode gravar %s: conferente_escrita não tem permissão de update', v_regra.tabela, v_estranhas),
      hint = 'Peça a permissão ao DBA; ou, se o erro foi resolvido por fora, confirme a divergência.';
  end if;
  begin
    select l.valores into v_valores
    from audit_interno.ler(format('select jsonb_build_object(%s) from (select $2[1]::jsonb as valores) as x', (
      select string_agg(format('%L, %s', c,
        audit_interno.expressao_imagem(v_relacao, c, audit_interno.expressao_valor(v_relacao, c, 'x.valores'))), ', ')
      from jsonb_object_keys(corrigir_manualmente.valores) as c)), null, array[corrigir_manualmente.valores::text]) as l (valores jsonb);
  exception when data_exception then
    raise exception using errcode = 'NC015', message = format('valor de tipo errado: %s', sqlerrm), hint = 'Nada foi feito.';
  end;
  if v_valores = audit_interno.valores_atuais(v_divergencia.id, v_valores) then
    raise exception using errcode = 'NC015', message = 'o registro já tem esses valores', hint = 'Se está certo, rejeite a divergência.';
  end if;
  select f.periodo into v_periodo from audit_interno.em_periodo_fechado(array[v_divergencia.id], v_valores) f;
  if v_periodo is not null then
    raise exception using errcode = 'NC022', message = format('o valor levaria o lançamento para o período %s, que está fechado', v_periodo),
      hint = 'Nada foi feito. Digite um dia de um período aberto, ou peça a um administrador que reabra o período.';
  end if;

  v_operacao := audit_interno.abrir_operacao('correcao_manual', motivo => v_motivo);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, valores, confianca)
  values (v_operacao, v_divergencia.id, 'correcao_manual', v_ator, v_motivo, v_valores, v_divergencia.confianca);
  update audit.divergencias_processadas d
  set status = 'aguardando_segunda_aprovacao', proposta_por = v_ator, valores_digitados = v_valores, motivo = v_motivo,
    decidida_em = null, decidida_por = null
  where d.id = v_divergencia.id;
  perform audit_interno.contar_decisoes(array[v_divergencia.id], case when v_divergencia.valores_propostos <> '{}' and v_valores <> v_divergencia.valores_propostos then false end);
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return (select r from audit_interno.resultados_decisao(array[v_divergencia.id], v_operacao) r);
end
$$;
comment on function audit.corrigir_manualmente(bigint, jsonb, text) is
  'Proposes typed values, {"column": value}, for a finding''s row; another person puts them into effect with audit.aprovar_divergencias. Returns what became of the finding. Errors: NC004 unknown id, NC010 the table or a column is gone, NC005 not possible in its status, NC006 reason missing, NC015 column not the rule''s or not writable, value of the wrong type, or nothing would change, NC022 in a closed period, or would be moved into one.';
grant execute on function audit.corrigir_manualmente(bigint, jsonb, text) to conferente_revisor;
