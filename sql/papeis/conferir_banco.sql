-- What prevents an installation of Conferente in this database, one row each; none where it may go ahead. Reads only the catalogue. Run by
-- `conferente migrar` before anything else, as the login that migrates.
select p.item, p.detalhe, p.sugestao
from (
  select 1, 'versão', current_setting('server_version'), 'O Conferente pede o PostgreSQL 15 ou mais novo.'
  where current_setting('server_version_num')::int < 150000
  union all
  select 2, 'standard_conforming_strings', 'off neste banco', format('alter database %I set standard_conforming_strings = on;', current_database())
  where current_setting('standard_conforming_strings') = 'off'
  union all
  select 3, 'servidor', 'em recuperação (réplica)', 'Migre no servidor principal.'
  where pg_catalog.pg_is_in_recovery()
  union all
  -- ours belong to conferente_dono; another program's schema must not become half ours
  select 4, format('esquema %s', n.nspname),
    format('já existe, é de %s e tem %s objetos', pg_catalog.pg_get_userbyid(n.nspowner), (
      select count(*) from pg_catalog.pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S'))),
    'O Conferente precisa deste nome para si: use outro banco, ou mude o nome do esquema que já existe.'
  from pg_catalog.pg_namespace n
  where n.nspname in ('audit', 'audit_interno', 'regras', 'regra_trade_marketing', 'regra_pendente_verificacao', 'regra_validacao_valores', 'regra_notas_fiscais',
    'audit_arquivo', 'exemplo', 'graphile_worker')
    and pg_catalog.pg_get_userbyid(n.nspowner) <> 'conferente_dono'
  union all
  select 5, format('papel %s', r.nome), 'não existe, e este usuário não pode criar papéis',
    'Migre com um superusuário, ou um usuário com createrole.'
  from (values ('conferente_dono'), ('conferente_regra'), ('conferente_escrita'), ('conferente_leitor'), ('conferente_revisor'),
    ('conferente_operador'), ('conferente_administrador'), ('conferente_servico')) as r (nome)
  where not exists (select from pg_catalog.pg_roles p where p.rolname = r.nome)
    and not (select p.rolsuper or p.rolcreaterole from pg_catalog.pg_roles p where p.rolname = current_user)
  union all
  -- since PostgreSQL 16, createrole does not cover roles that somebody else created
  select 5, format('papel %s', r.rolname), format('já existe neste servidor, e o usuário %s não pode dá-lo a ninguém', current_user),
    format('Migre com um superusuário, ou com createrole e grant %I to %I with admin option.', r.rolname, current_user)
  from pg_catalog.pg_roles r
  join pg_catalog.pg_roles u on u.rolname = current_user and not u.rolsuper
  where r.rolname in ('conferente_dono', 'conferente_regra', 'conferente_escrita', 'conferente_leitor', 'conferente_revisor',
      'conferente_operador', 'conferente_administrador', 'conferente_servico')
    and not (u.rolcreaterole and (current_setting('server_version_num')::int < 160000
      or pg_catalog.pg_has_role(current_user, r.oid, 'member with admin option')))
  union all
  select 6, format('banco %s', current_database()), format('o usuário %s não pode criar esquemas nele', current_user),
    'Migre com o dono do banco ou um superusuário.'
  where not pg_catalog.has_database_privilege(current_database(), 'create')
  union all
  select 6, format('banco %s', current_database()), format('o usuário %s não pode dar nele o direito %s a conferente_dono', current_user, d.direito),
    format('Migre com o dono do banco ou um superusuário, ou dê antes: grant %s on database %I to %I with grant option.', d.direito, current_database(), current_user)
  from (values ('create'), ('temporary')) as d (direito)
  where not pg_catalog.has_database_privilege(current_database(), d.direito || ' with grant option')
    and pg_catalog.has_database_privilege(current_database(), 'create')
    and not pg_catalog.has_database_privilege(coalesce((select r.rolname from pg_catalog.pg_roles r where r.rolname = 'conferente_dono'), 'public'),
      current_database(), d.direito)
  union all
  -- what these two read and write of a distributed warehouse, the coordinator asks of the nodes as them; and as the owner, how the nodes are
  select 7, format('papel %s', r.nome), 'o Citus está neste banco, e este papel não pode entrar nos nós',
    format('%s role %I login; e, no pg_hba.conf de cada nó, deixe-o entrar a partir do coordenador.',
      case when exists (select from pg_catalog.pg_roles p where p.rolname = r.nome) then 'alter' else 'create' end, r.nome)
  from (values ('conferente_dono'), ('conferente_regra'), ('conferente_escrita')) as r (nome)
  where pg_catalog.to_regclass('pg_catalog.pg_dist_node') is not null
    and not exists (select from pg_catalog.pg_roles p where p.rolname = r.nome and p.rolcanlogin)
  union all
  select 7, format('usuário %s', current_user), 'o Citus está neste banco, e só um superusuário leva funções aos nós', 'Migre com um superusuário.'
  where pg_catalog.to_regclass('pg_catalog.pg_dist_node') is not null
    and not (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user)
) as p (ordem, item, detalhe, sugestao)
order by p.ordem, p.item
