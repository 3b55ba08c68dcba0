import { managedUsers, users } from '@synap/contracts';
import { authedProcedure, router, superuserProcedure } from './trpc.js';
import { usersExamples } from './users.examples.js';

const tags = ['users'];

export const usersRouter = router({
  me: router({
    get: authedProcedure
      .meta({
        scope: 'profile:read',
        beforePasswordChange: true,
        openapi: {
          method: 'GET',
          path: '/users/me',
          tags,
          summary: 'Get my profile',
          examples: usersExamples.me,
        },
      })
      .output(users.me.output)
      .query(({ ctx }) => ctx.services.users.me(ctx.call)),

    update: authedProcedure
      .meta({
        scope: 'profile:write',
        openapi: {
          method: 'PATCH',
          path: '/users/me',
          tags,
          summary: 'Update my profile',
          examples: usersExamples.updateMe,
        },
      })
      .input(users.updateMe.input)
      .output(users.updateMe.output)
      .mutation(({ ctx, input }) => ctx.services.users.updateMe(ctx.call, input)),

    changePassword: authedProcedure
      .meta({
        scope: null,
        beforePasswordChange: true,
        openapi: {
          method: 'POST',
          path: '/users/me/password',
          tags,
          summary: 'Change my password',
          description: 'Ends all other sessions.',
          successStatus: 204,
          noStore: true,
          idempotent: false,
          errors: [409],
          examples: usersExamples.changePassword,
        },
      })
      .input(users.changePassword.input)
      .output(users.changePassword.output)
      .mutation(({ ctx, input }) => ctx.services.users.changePassword(ctx.call, input)),

    changeEmail: authedProcedure
      .meta({
        scope: null,
        openapi: {
          method: 'POST',
          path: '/users/me/email',
          tags,
          summary: 'Change my address',
          description:
            'The old address gets a notice. If addresses must be verified, it changes only when the link in the mail to the new address is used.',
          successStatus: 202,
          noStore: true,
          idempotent: false,
          errors: [409],
          examples: usersExamples.changeEmail,
        },
      })
      .input(users.changeEmail.input)
      .output(users.changeEmail.output)
      .mutation(({ ctx, input }) => ctx.services.users.changeEmail(ctx.call, input)),

    remove: authedProcedure
      .meta({
        scope: null,
        openapi: {
          method: 'POST',
          path: '/users/me/delete',
          tags,
          summary: 'Delete my account',
          description: 'Also deletes all dashboards, API keys and sessions. It cannot be undone.',
          successStatus: 204,
          noStore: true,
          idempotent: false,
          errors: [409],
          examples: usersExamples.removeMe,
        },
      })
      .input(users.removeMe.input)
      .output(users.removeMe.output)
      .mutation(({ ctx, input }) => ctx.services.users.removeMe(ctx.call, input)),
  }),

  list: superuserProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'GET',
        path: '/users',
        tags,
        summary: 'List users',
        examples: usersExamples.list,
      },
    })
    .input(managedUsers.list.input)
    .output(managedUsers.list.output)
    .query(({ ctx, input }) => ctx.services.managedUsers.list(ctx.call, input)),

  get: superuserProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'GET',
        path: '/users/{id}',
        tags,
        summary: 'Get a user',
        examples: usersExamples.get,
      },
    })
    .input(managedUsers.get.input)
    .output(managedUsers.get.output)
    .query(({ ctx, input }) => ctx.services.managedUsers.get(ctx.call, input)),

  create: superuserProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/users',
        tags,
        summary: 'Create a user',
        description:
          'The owner must change the password first; with an invitation they choose it themselves. Creating a superuser needs a recent sign-in.',
        successStatus: 201,
        location: '/users/{id}',
        noStore: true,
        idempotent: false,
        errors: [409],
        examples: usersExamples.create,
      },
    })
    .input(managedUsers.create.input)
    .output(managedUsers.create.output)
    .mutation(({ ctx, input }) => ctx.services.managedUsers.create(ctx.call, input)),

  update: superuserProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'PATCH',
        path: '/users/{id}',
        tags,
        summary: 'Update a user',
        errors: [409],
        examples: usersExamples.update,
      },
    })
    .input(managedUsers.update.input)
    .output(managedUsers.update.output)
    .mutation(({ ctx, input }) => ctx.services.managedUsers.update(ctx.call, input)),

  sendReset: superuserProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/users/{id}/reset-password',
        tags,
        summary: 'Send a user a password reset mail',
        description:
          'Their password stays valid until they use the link. `mustChangePassword` forces a change.',
        successStatus: 202,
        idempotent: false,
        examples: usersExamples.sendReset,
      },
    })
    .input(managedUsers.sendReset.input)
    .output(managedUsers.sendReset.output)
    .mutation(({ ctx, input }) => ctx.services.managedUsers.sendReset(ctx.call, input)),

  remove: superuserProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'DELETE',
        path: '/users/{id}',
        tags,
        summary: 'Remove a user',
        description:
          'Also removes API keys and sessions; the dashboards are handed over or removed.',
        successStatus: 204,
        errors: [409],
        examples: usersExamples.remove,
      },
    })
    .input(managedUsers.remove.input)
    .output(managedUsers.remove.output)
    .mutation(({ ctx, input }) => ctx.services.managedUsers.remove(ctx.call, input)),
});
