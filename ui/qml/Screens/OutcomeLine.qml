// A rule with how it was met, a correction, or a line of a record.
import QtQuick
import Controls

Item {
    id: line

    property string kind
    property string words
    property string value

    implicitHeight: Math.max(left.implicitHeight, right.implicitHeight) + Theme.px(14)

    Icon {
        x: Theme.px(4)
        y: Theme.px(8)
        visible: line.kind !== "record"
        size: Theme.px(44)
        name: line.kind === "rule-met" ? "check_circle" : line.kind === "rule-failed" ? "error" : "edit"
        colour: line.kind === "rule-met" ? Theme.good : Theme.bad
    }
    Words {
        id: left
        x: line.kind === "record" ? 0 : Theme.px(62)
        y: Theme.px(6)
        width: (line.kind === "record" ? parent.width * 0.42 : parent.width) - x
        text: line.words
        soft: line.kind === "record"
    }
    Words {
        id: right
        x: parent.width * 0.45
        y: Theme.px(6)
        width: parent.width - x
        text: line.value
        strong: true
    }
}
