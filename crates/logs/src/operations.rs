//! The table of contents: operation, what it touches, who does it.

use crate::touches::RequestTags::{Added, None as NoTags, Removed};
use crate::{Logs, event, filter, group, stream, tag, touches};
use api::logs::{SERVICE, op};
use ports::{Call, Touches};
use std::sync::Arc;

/// The operations of CloudWatch Logs, ready for the endpoint.
pub type Operations = api::Operations<Call, Touches>;

/// Every operation that CloudWatch Logs serves; what is missing here answers 501 by name.
#[rustfmt::skip]
pub fn operations(service: Arc<Logs>) -> Operations {
    Operations::new(SERVICE, service)
        .on(op::CreateLogGroup, |s, c, i| touches::group_with_tags(s, c, "CreateLogGroup", &i.log_group_name, i.tags.as_ref().map_or(NoTags, Added)), group::create)
        .on(op::DeleteLogGroup, |s, c, i| touches::group(s, c, "DeleteLogGroup", &i.log_group_name), group::delete)
        .on(op::DescribeLogGroups, |_, c, _| touches::any_group(c, "DescribeLogGroups"), group::describe)
        .on(op::PutLogGroupDeletionProtection, |s, c, i| touches::either(s, c, "PutLogGroupDeletionProtection", (None, Some(&i.log_group_identifier)), ""), group::put_protection)
        .on(op::PutRetentionPolicy, |s, c, i| touches::group(s, c, "PutRetentionPolicy", &i.log_group_name), group::put_retention)
        .on(op::DeleteRetentionPolicy, |s, c, i| touches::group(s, c, "DeleteRetentionPolicy", &i.log_group_name), group::delete_retention)
        .on(op::CreateLogStream, |s, c, i| touches::stream(s, c, "CreateLogStream", &i.log_group_name, &i.log_stream_name), stream::create)
        .on(op::DeleteLogStream, |s, c, i| touches::stream(s, c, "DeleteLogStream", &i.log_group_name, &i.log_stream_name), stream::delete)
        .on(op::DescribeLogStreams, |s, c, i| touches::either(s, c, "DescribeLogStreams", (i.log_group_name.as_deref(), i.log_group_identifier.as_deref()), ""), stream::describe)
        .on(op::PutLogEvents, |s, c, i| touches::stream(s, c, "PutLogEvents", &i.log_group_name, &i.log_stream_name), event::put)
        .on(op::GetLogEvents, |s, c, i| touches::either(s, c, "GetLogEvents", (i.log_group_name.as_deref(), i.log_group_identifier.as_deref()), &i.log_stream_name), event::get)
        .on(op::FilterLogEvents, |s, c, i| touches::either(s, c, "FilterLogEvents", (i.log_group_name.as_deref(), i.log_group_identifier.as_deref()), ""), filter::events)
        .on(op::TagResource, |s, c, i| touches::tagged(s, c, "TagResource", &i.resource_arn, Added(&i.tags)), tag::tag)
        .on(op::UntagResource, |s, c, i| touches::tagged(s, c, "UntagResource", &i.resource_arn, Removed(&i.tag_keys)), tag::untag)
        .on(op::ListTagsForResource, |s, c, i| touches::tagged(s, c, "ListTagsForResource", &i.resource_arn, NoTags), tag::list)
        .on(op::TagLogGroup, |s, c, i| touches::group_with_tags(s, c, "TagLogGroup", &i.log_group_name, Added(&i.tags)), tag::tag_group)
        .on(op::UntagLogGroup, |s, c, i| touches::group_with_tags(s, c, "UntagLogGroup", &i.log_group_name, Removed(&i.tags)), tag::untag_group)
        .on(op::ListTagsLogGroup, |s, c, i| touches::group(s, c, "ListTagsLogGroup", &i.log_group_name), tag::list_of_group)
        .finish()
}
