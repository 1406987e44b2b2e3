-- Changes settings of a rule, as an audited operation with before and after.
create or replace function audit.alterar_regra(nome text, mudancas jsonb, motivo text)
returns audit.regras
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_permitidas constant text[] := array['descricao', 'limiar', 'piso', 'automatica', 'ativa', 'prioridade', 'limite_linhas',
    'limite_fracao', 'limite_valor', 'tempo_limite', 'confianca_base', 'dependencias', 'colunas_resumo', 'concessao_correcoes', 'concessao_valor'];
  v_antes audit.regras;
  v_depois audit.regras;
  v_estranhas text;
  v_operacao bigint;
  v_hash text;
begin
  perform audit_interno.exigir_motivo(alterar_regra.motivo);
  select * into v_antes from audit.regras r where r.nome = alterar_regra.nome for update;
  if not found then
    raise exception using errcode = 'NC003', message = format('regra desconhecida: %s', coalesce(alterar_regra.nome, 'nula')),
      hint = 'Existem: ' || (select string_agg(r.nome, ', ' order by r.nome) from audit.regras r) || '.';
  end if;
  if jsonb_typeof(alterar_regra.mudancas) is distinct from 'object' then
    raise exception using errcode = 'NC001', message = 'mudancas deve ser um objeto JSON, como {"limiar": 0.9}';
  end if;
  select string_agg(d, ', ') into v_estranhas
  from jsonb_array_elements_text(case when jsonb_typeof(alterar_regra.mudancas -> 'dependencias') = 'array'
    then alterar_regra.mudancas -> 'dependencias' else '[]' end) as d
  where not audit_interno.dependencia_conhecida(d);
  if v_estranhas is not null then
    raise exception using errcode = 'NC009', message = format('dependência desconhecida da regra %s: %s', v_antes.nome, v_estranhas),
      hint = 'dependencias são nomes de esquemas, ou de funções e visões com o esquema, como ["util", "dw.taxa"].';
  end if;
  select string_agg(c, ', ') into v_estranhas from jsonb_object_keys(alterar_regra.mudancas) as c where c <> all (v_permitidas);
  if v_estranhas is not null then
    raise exception using errcode = 'NC009', message = format('isto não pode ser alterado numa regra: %s', v_estranhas),
      hint = format('Permitido: %s.', array_to_string(v_permitidas, ', '));
  end if;
  begin
    v_depois := jsonb_populate_record(v_antes, alterar_regra.mudancas);
    update audit.regras r
    set descricao = v_depois.descricao, limiar = v_depois.limiar, piso = v_depois.piso, automatica = v_depois.automatica, ativa = v_depois.ativa,
      prioridade = v_depois.prioridade, limite_linhas = v_depois.limite_linhas, limite_fracao = v_depois.limite_fracao,
      limite_valor = v_depois.limite_valor, tempo_limite = v_depois.tempo_limite, confianca_base = v_depois.confianca_base, colunas_resumo = v_depois.colunas_resumo,
      automatica_perdida = case when not v_depois.automatica then r.automatica_perdida end
    where r.nome = v_antes.nome;
    if alterar_regra.mudancas ?| array['concessao_correcoes', 'concessao_valor'] then
      update audit.regras r
      set concessao_correcoes = v_depois.concessao_correcoes, concessao_valor = v_depois.concessao_valor,
        concedida_em = case when num_nulls(v_depois.concessao_correcoes, v_depois.concessao_valor) < 2 then clock_timestamp() end,
        concedida_por = case when num_nulls(v_depois.concessao_correcoes, v_depois.concessao_valor) < 2 then audit_interno.ator() end
      where r.nome = v_antes.nome;
    end if;
    -- the rule as it is now: auto granted here, even a second time, is granted to this code
    v_hash := audit_interno.hash_regra(v_depois);
    update audit.regras r set dependencias = v_depois.dependencias, hash_atual = v_hash,
      hash_autorizado = case when v_depois.automatica and alterar_regra.mudancas ? 'automatica' then v_hash else r.hash_autorizado end
    where r.nome = v_antes.nome;
    select * into strict v_depois from audit.regras r where r.nome = v_antes.nome;
    if alterar_regra.mudancas ? 'colunas_resumo' and audit_interno.colunas_ausentes(v_depois.tabela, v_depois.colunas_resumo) is not null then
      raise exception using errcode = 'NC009', message = format('regra %s: %s', v_antes.nome,
        audit_interno.colunas_ausentes(v_depois.tabela, v_depois.colunas_resumo));
    end if;
  exception when data_exception or integrity_constraint_violation then
    raise exception using errcode = 'NC009', message = format('valor inválido para a regra %s: %s', v_antes.nome, sqlerrm),
      hint = 'limiar, piso, confianca_base e limite_fracao vão de 0 a 1; limites são zero ou mais, ou nulos; concessao_correcoes e concessao_valor, maiores que zero, vêm juntas; tempo_limite é um intervalo maior que zero.';
  end;
  v_operacao := audit_interno.abrir_operacao('regra', regra => v_antes.nome, motivo => btrim(alterar_regra.motivo),
    detalhes => jsonb_build_object('antes', to_jsonb(v_antes), 'depois', to_jsonb(v_depois)));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  perform audit_interno.conferir_prova(v_antes.nome); -- for this code at this threshold
  select * into strict v_depois from audit.regras r where r.nome = v_antes.nome;
  if v_depois.automatica and alterar_regra.mudancas ? 'automatica' and audit_interno.porque_nao(v_depois) is not null then
    raise exception using errcode = 'NC042', message = format('a regra %s não pode corrigir sozinha', v_depois.nome),
      detail = audit_interno.porque_nao(v_depois), hint = 'Nada foi feito.';
  end if;
  perform audit_interno.conferir_automatica(v_antes.nome);
  select * into strict v_depois from audit.regras r where r.nome = v_antes.nome;
  return v_depois;
end
$$;
comment on function audit.alterar_regra(text, jsonb, text) is
  'Changes settings of a rule: {"limiar": 0.9, "ativa": false, "limite_linhas": 500, …}. Returns the rule. automatica true gives auto to the rule''s present code, even if the rule had lost it or its code changed. People''s answers must prove the rule; without proof it gets as many corrections and as much money as concessao_correcoes and concessao_valor say, which come together and are used up. People''s answers stay: changing limiar, and back, does not affect them. dependencias: schemas, functions or views that the rule uses without naming them; they count as its code. Errors: NC001, NC003 unknown rule, NC006 reason missing, NC009 not changeable or out of range, NC042 auto for a rule that is refuted, or that has neither proof nor grant.';
grant execute on function audit.alterar_regra(text, jsonb, text) to conferente_administrador;
