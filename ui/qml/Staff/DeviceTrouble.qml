// A trouble in words, and what to do about it, step by step.
import QtQuick
import Controls

Column {
    id: told

    property string trouble
    property string detail
    property string steps

    spacing: Theme.px(8)

    Row {
        width: parent.width
        spacing: Theme.px(12)

        Icon {
            id: mark
            name: "error"
            size: Theme.px(44)
            colour: Theme.bad
        }
        Words {
            width: parent.width - mark.width - parent.spacing
            text: told.detail !== "" ? qsTr("%1（%2）").arg(told.trouble).arg(told.detail) : told.trouble
            strong: true
            color: Theme.bad
        }
    }
    Words {
        visible: told.steps !== ""
        x: Theme.px(56)
        width: parent.width - x
        text: told.steps
        size: Theme.caption
    }
}
