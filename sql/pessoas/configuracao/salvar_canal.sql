-- Adds a channel, or changes one and switches it on again. Address and secret go in and never come out; an argument left out changes
-- nothing. No error repeats them, and the operation only says that they changed.
create or replace function audit.salvar_canal(
  nome text, motivo text, tipo text default null, endereco text default null, segredo text default null, eventos text[] default null,
  sem_valores boolean default null, idioma text default null
)
returns audit.canais
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(salvar_canal.motivo);
  v_endereco text := nullif(btrim(salvar_canal.endereco), '');
  v_segredo text := nullif(btrim(salvar_canal.segredo), '');
  v_servidor text := audit_interno.servidor_canal(v_endereco);
  v_ator text := audit_interno.ator();
  v_antes audit.canais;
  v_canal audit.canais;
  v_recusa text;
  v_operacao bigint;
begin
  select * into v_antes from audit.canais c where c.nome = salvar_canal.nome
    for no key update; -- a stronger lock would hold up everybody who queues a message to it
  v_recusa := case
    when v_endereco is not null and v_servidor is null then
      'o endereço deve começar com https:// (http:// só para esta máquina), sem usuário, senha nem #'
    when v_antes.id is null and (salvar_canal.tipo is null or v_endereco is null) then 'um canal novo precisa de tipo e endereço'
    -- the address of one type does not work for another
    when salvar_canal.tipo <> v_antes.tipo and v_endereco is null then 'para mudar o tipo do canal é preciso informar o endereço de novo'
    when v_segredo is not null and coalesce(salvar_canal.tipo, v_antes.tipo) <> 'webhook' then 'só um canal webhook tem segredo'
    when v_segredo is not null and audit_interno.segredo_canal_valido(v_segredo) is not true then
      'o segredo deve ser whsec_ seguido de 24 a 64 bytes em base64'
    when coalesce(salvar_canal.tipo, v_antes.tipo) = 'webhook' and v_segredo is null and v_antes.tipo is distinct from 'webhook' then
      'um canal webhook precisa de um segredo, com que assinar'
  end;
  if v_recusa is not null then
    raise exception using errcode = 'NC009', message = format('canal recusado: %s', v_recusa),
      hint = 'Confira o endereço e o segredo enviados; por segurança eles não são mostrados aqui.';
  end if;
  insert into audit.canais as c (nome, tipo, servidor, eventos, sem_valores, idioma, motivo, criado_por, alterado_por)
  values (salvar_canal.nome, coalesce(salvar_canal.tipo, v_antes.tipo), coalesce(v_servidor, v_antes.servidor),
    coalesce(salvar_canal.eventos, v_antes.eventos, array['abertas', 'pessoa', 'limite', 'autonomia', 'falha', 'resolvido']),
    coalesce(salvar_canal.sem_valores, v_antes.sem_valores, false),
    coalesce(salvar_canal.idioma, v_antes.idioma, audit_interno.configuracao('correio.idioma') #>> '{}'), v_motivo, v_ator, v_ator)
  on conflict on constraint canais_nome_key do update
    set tipo = excluded.tipo, servidor = excluded.servidor, eventos = excluded.eventos, sem_valores = excluded.sem_valores,
      idioma = excluded.idioma, ativo = true, motivo = excluded.motivo, alterado_em = clock_timestamp(), alterado_por = excluded.alterado_por
  returning * into v_canal;
  update audit_interno.destinos_canais d
  set endereco = coalesce(v_endereco, d.endereco), segredo = case when v_canal.tipo = 'webhook' then coalesce(v_segredo, d.segredo) end
  where d.canal_id = v_canal.id;
  if not found and v_endereco is not null then -- a new one, or one of a copy made without addresses
    insert into audit_interno.destinos_canais (canal_id, endereco, segredo) values (v_canal.id, v_endereco, v_segredo);
  end if;
  v_operacao := audit_interno.abrir_operacao('canal', motivo => v_motivo, detalhes => jsonb_build_object(
    'antes', to_jsonb(v_antes), 'depois', to_jsonb(v_canal), 'endereco', v_endereco is not null, 'segredo', v_segredo is not null));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_canal;
exception when check_violation or not_null_violation then
  raise exception using errcode = 'NC009', message = 'canal recusado: nome, tipo, eventos ou idioma inválido',
    hint = 'nome: letras minúsculas, algarismos, _ e -; tipo: webhook, teams ou slack; eventos: abertas, pessoa, limite, autonomia, falha, resolvido; idioma: pt-BR ou en.';
end
$$;
comment on function audit.salvar_canal(text, text, text, text, text, text[], boolean, text) is
  'Adds a channel, or changes the one with this name and switches it on. tipo: webhook, teams or slack; endereco: https:// (http:// only to this machine); segredo, only for a webhook: whsec_ and 24 to 64 bytes in base64; eventos: abertas, pessoa, limite, autonomia, falha, resolvido (all if not given); sem_valores: amounts are left out. Whatever is null stays the same. Address and secret are never shown again. Errors: NC006 reason missing, NC009 unusable.';
grant execute on function audit.salvar_canal(text, text, text, text, text, text[], boolean, text) to conferente_administrador;
