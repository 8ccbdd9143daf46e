// One line of the review: a page's title with 修改, or a question and its answer.
import QtQuick
import Controls

Item {
    id: line

    property bool heading: false
    property string label
    property string answer
    property string editName
    signal editTouched

    implicitHeight: heading ? Math.max(Theme.touch, title.implicitHeight) + Theme.px(24) : Math.max(left.implicitHeight, right.implicitHeight) + Theme.px(30)

    Words {
        id: title
        visible: line.heading
        anchors.left: parent.left
        anchors.right: edit.left
        anchors.rightMargin: Theme.px(16)
        anchors.verticalCenter: parent.verticalCenter
        text: line.label
        size: Theme.lead
        strong: true
        color: Theme.primary
    }
    TouchButton {
        id: edit
        objectName: line.editName
        visible: line.editName !== ""
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        iconName: "edit"
        text: qsTr("修改")
        onClicked: line.editTouched()
    }
    Rectangle {
        visible: !line.heading
        anchors.fill: parent
        color: Theme.card
    }
    Rectangle {
        visible: !line.heading
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.edgeWidth
        color: Theme.edge
    }
    Words {
        id: left
        visible: !line.heading
        x: Theme.px(24)
        anchors.verticalCenter: parent.verticalCenter
        width: parent.width * 0.38 - x
        text: line.label
        soft: true
    }
    Words {
        id: right
        visible: !line.heading
        x: parent.width * 0.40
        anchors.verticalCenter: parent.verticalCenter
        width: parent.width - x - Theme.px(24)
        text: line.answer !== "" ? line.answer : qsTr("（未填）")
        strong: line.answer !== ""
        soft: line.answer === ""
    }
}
