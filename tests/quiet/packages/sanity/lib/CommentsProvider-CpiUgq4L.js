	return `${userId}-${shortName}`;
}
async function reactOperation$1(props) {
	let { client, currentUser, id, reaction, getComment, onUpdate } = props, reactions = getComment?.(id)?.reactions || [], currentUserReactions = reactions.filter((r) => r.userId === currentUser.id), _key = createReactionKey$1(currentUser.id, reaction.shortName), currentReaction = currentUserReactions.find((r) => r._key === _key && r._optimisticState !== "removed");
	if (currentReaction) {
		let next = reactions.map((r) => r._key === currentReaction._key ? {
			...r,
			_optimisticState: "removed"
		} : r);
		onUpdate?.(id, { reactions: next }), await client.patch(id).unset([`reactions[_key=="${_key}"]`]).commit();
	} else if (!currentReaction) {
		let reactionItem = {
			_key,
			addedAt: (/* @__PURE__ */ new Date()).toISOString(),
			shortName: reaction.shortName,
			userId: currentUser.id
		}, optimisticReactionItem = {
			...reactionItem,
			_optimisticState: "added"
		}, next = reactions.concat(optimisticReactionItem).filter((r) => r._key !== reactionItem._key || r._optimisticState !== "removed");
		onUpdate?.(id, { reactions: next }), await client.patch(id).setIfMissing({ reactions: [] }).append("reactions", [reactionItem]).commit();
	}
}
async function removeOperation$1(props) {
	let { client, id, onRemove } = props;
	onRemove?.(id), await Promise.all([client.delete({ query: `*[_type == "comment" && parentCommentId == "${id}"]` }), client.delete(id)]);
}
const THROTTLE_SETTINGS$1 = {
	trailing: !0,
	leading: !1
}, throttleFunctionsMap$1 = /* @__PURE__ */ new Map();
function getThrottledFunction$1(id) {
	if (!throttleFunctionsMap$1.has(id)) {
		let throttledFunction = throttle(postCommentUpdate$1, 1e3, THROTTLE_SETTINGS$1);
		return throttleFunctionsMap$1.set(id, throttledFunction), throttledFunction;
	}
	return throttleFunctionsMap$1.get(id);
}
async function postCommentUpdate$1(props) {
	let { client, id, comment, transactionId: transactionIdProp, onUpdate } = props, transactionId = transactionIdProp || uuid(), patch = client?.patch(id).set(comment), transaction = client.transaction().transactionId(transactionId).patch(patch);
	onUpdate?.(id, comment), comment.status ? (await transaction.commit(), await client.patch({ query: `*[_type == "comment" && parentCommentId == "${id}"]` }).set({ status: comment.status }).commit()) : await transaction.commit(), throttleFunctionsMap$1.delete(id);
}
