# One image for the API, the worker and the migrations; docker-compose.yml says which of them it runs.
FROM node:22-slim AS build
WORKDIR /eris
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /eris
COPY --from=build /eris/package.json ./
COPY --from=build /eris/node_modules ./node_modules
COPY --from=build /eris/dist ./dist
COPY --from=build /eris/bin ./bin
COPY --from=build /eris/prisma ./prisma
USER node
EXPOSE 3000
CMD ["node", "--max-semi-space-size=64", "dist/apps/api/src/main.js"]
